"""Remedies for a sign-in that fails."""

from app.i18n.text import _l
from app.mail.remedies.words import Remedy

REMEDIES = {
    "in.pass_undecryptable": Remedy(
        _l(
            "The stored password can no longer be read, because the secret key of this "
            "installation changed."
        ),
        _l("Type it once more."),
        "password",
    ),
    "auth.empty": Remedy(
        _l("Authentication is on, but there is no password."),
        _l("Enter the password of the mailbox, or switch authentication off."),
        "password",
    ),
    "auth.wrong": Remedy(
        _l("The server rejected the user name or the password."),
        _l(
            "On most hosts the user name is the whole e-mail address. Try the same two values in "
            "web mail."
        ),
        "password",
    ),
    "auth.not_offered": Remedy(
        _l("This server does not ask for a sign-in."),
        _l("Switch “requires authentication” off."),
        "requires_auth",
    ),
    "auth.not_offered_plain": Remedy(
        _l("The server lets you sign in only over an encrypted connection."),
        _l("Choose STARTTLS."),
        "encryption",
    ),
    "auth.need_tls": Remedy(
        _l("The server demands encryption before the password."),
        _l("Choose STARTTLS or SSL/TLS."),
        "encryption",
    ),
    "auth.no_common_mech": Remedy(
        _l("The server offers no way to sign in with a user name and a password."),
        _l("Ask the mail host for PLAIN or LOGIN over an encrypted connection."),
        "requires_auth",
    ),
    "auth.gmail_app": Remedy(
        _l("Google does not accept the ordinary password here."),
        _l("Switch on two-step sign-in and make an app password of 16 letters."),
        "password",
    ),
    "auth.gmail_bad": Remedy(
        _l("Google rejected the sign-in."),
        _l(
            "Use an app password, not the password of the account; the account needs two-step "
            "sign-in for that."
        ),
        "password",
    ),
    "auth.gmail_web": Remedy(
        _l("Google blocked a sign-in that it finds unusual."),
        _l("Allow it on the security page of the account, or use another server."),
        "username",
    ),
    "auth.m365_disabled": Remedy(
        _l("Microsoft 365 has the sign-in for sending switched off."),
        _l(
            "The administrator of the organisation must switch on “Authenticated SMTP” for this "
            "mailbox."
        ),
        "username",
    ),
    "auth.m365_basic": Remedy(
        _l("Microsoft no longer accepts a plain password here."),
        _l("Use another server or a relay of your own network."),
        "username",
    ),
    "auth.locked": Remedy(
        _l("The account is locked or suspended, or there were too many failed sign-ins."),
        _l("Unlock it in the hosting panel and wait a while before you try again."),
        "username",
    ),
    "auth.temp": Remedy(
        _l("The server cannot check passwords at the moment; this is not about your password."),
        _l("Try again in some minutes."),
    ),
    "auth.pass_expired": Remedy(
        _l("The password of the mailbox has expired."),
        _l("Set a new one at the mail host and enter it here."),
        "password",
    ),
    "auth.closed": Remedy(
        _l("The server hung up during sign-in."),
        _l("This is typical after too many wrong passwords. Wait, then check the password."),
        "password",
    ),
    "auth.pop_first": Remedy(
        _l("This old server lets you send only after the mailbox was read."),
        _l("Switch “requires authentication” on if the server knows it, or use another server."),
        "requires_auth",
    ),
    "auth.encoding": Remedy(
        _l("The user name or the password holds letters that the server cannot take."),
        _l("Choose a password of English letters, digits and signs for this mailbox."),
        "password",
    ),
}
