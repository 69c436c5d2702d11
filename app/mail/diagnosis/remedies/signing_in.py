"""Remedies for a sign-in that fails."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "auth.not_offered_plain": Remedy(
        Scope.SERVER,
        _l("The server lets you sign in only over an encrypted connection."),
        _l("Choose STARTTLS."),
        _l("AUTH is listed only after STARTTLS on %(place)s."),
        fields=("encryption",),
        fixes=("use_starttls",),
    ),
    "auth.not_offered": Remedy(
        Scope.SERVER,
        _l("This server does not ask for a sign-in."),
        _l("Switch “requires authentication” off."),
        _l("EHLO on %(place)s does not list AUTH, or AUTH is refused as unknown."),
        fields=("requires_auth",),
        fixes=("auth_off",),
    ),
    "auth.stripped": Remedy(
        Scope.SERVER,
        _l("This server used to ask for a sign-in and no longer does. The password was not sent."),
        _l(
            "Something between the two may be removing it, or another server answers. Ask the "
            "mail host; switch “requires authentication” off only if it says so."
        ),
        _l(
            "EHLO on %(place)s no longer lists AUTH; when mail last went through it listed "
            "%(before)s."
        ),
        fields=("requires_auth",),
    ),
    "auth.weakened": Remedy(
        Scope.SERVER,
        _l(
            "This server used to offer a sign-in that does not show the password, and now offers "
            "only ones that do. The password was not sent."
        ),
        _l(
            "Choose STARTTLS or SSL/TLS. If the mail host confirms the change and there is no "
            "encryption, let the system forget what the server offered before."
        ),
        _l(
            "Without TLS, AUTH on %(place)s lists only %(mechanisms)s; when mail last went "
            "through it listed %(before)s."
        ),
        fields=("encryption", "forget_offer"),
        fixes=("use_starttls", "use_tls_465"),
    ),
    "auth.no_common_mech": Remedy(
        Scope.SERVER,
        _l("The server offers no way to sign in with a user name and a password."),
        _l("Ask the mail host for PLAIN or LOGIN over an encrypted connection."),
        _l("%(place)s offers only %(mechanisms)s; PLAIN, LOGIN or CRAM-MD5 is needed."),
        fields=("requires_auth",),
    ),
    "auth.wrong": Remedy(
        Scope.SERVER,
        _l("The server rejected the user name or the password."),
        _l(
            "On most hosts the user name is the whole e-mail address. Try the same two values "
            "in web mail."
        ),
        _l("AUTH for the user %(user)s was refused at %(place)s."),
        fields=("password", "username"),
        fixes=("use_username",),
    ),
    "auth.user_form": Remedy(
        Scope.SERVER,
        _l(
            "The server rejected the user name or the password, and the user name is not a full "
            "address."
        ),
        _l("Try %(suggestion)s as the user name."),
        _l(
            "AUTH for the user %(user)s was refused; the form of the user name differs from the "
            "sender address."
        ),
        fields=("username",),
        fixes=("use_username",),
    ),
    "auth.gmail_app": Remedy(
        Scope.SERVER,
        _l("Google does not accept the ordinary password here."),
        _l("Switch on two-step sign-in and make an app password of 16 letters."),
        _l("Google demands an application-specific password for %(user)s."),
        fields=("password",),
    ),
    "auth.gmail_bad": Remedy(
        Scope.SERVER,
        _l("Google rejected the sign-in."),
        _l(
            "Use an app password, not the password of the account; the account needs two-step "
            "sign-in for that."
        ),
        _l("Google refused the credentials of %(user)s (BadCredentials)."),
        fields=("password",),
    ),
    "auth.gmail_web": Remedy(
        Scope.SERVER,
        _l("Google blocked a sign-in that it finds unusual."),
        _l("Allow it on the security page of the account, or use another server."),
        _l("Google wants %(user)s to sign in with a browser first (WebLoginRequired)."),
        fields=("username",),
    ),
    "auth.m365_disabled": Remedy(
        Scope.SERVER,
        _l("Microsoft 365 has the sign-in for sending switched off."),
        _l(
            "The administrator of the organisation must switch on “Authenticated SMTP” for this "
            "mailbox."
        ),
        _l("SMTP AUTH is disabled for the tenant or the mailbox %(user)s."),
        fields=("username",),
    ),
    "auth.m365_basic": Remedy(
        Scope.SERVER,
        _l("Microsoft no longer accepts a plain password here."),
        _l("Use another server or a relay of your own network."),
        _l("Basic authentication is disabled for %(user)s; only OAuth is taken."),
        fields=("username",),
    ),
    "auth.locked": Remedy(
        Scope.SERVER,
        _l("The account is locked or suspended, or there were too many failed sign-ins."),
        _l("Unlock it in the hosting panel and wait a while before you try again."),
        _l("The account %(user)s is locked, suspended or throttled after failed sign-ins."),
        fields=("username",),
    ),
    "auth.temp": Remedy(
        Scope.TEMPORARY,
        _l("The server cannot check passwords at the moment; this is not about your password."),
        _l("Try again in a few minutes."),
        _l("The authentication backend of %(place)s is out of order (4xx at AUTH)."),
    ),
    "auth.need_tls": Remedy(
        Scope.SERVER,
        _l("The server demands encryption before the password."),
        _l("Choose STARTTLS or SSL/TLS."),
        _l("%(place)s demands TLS before AUTH."),
        fields=("encryption",),
        fixes=("use_starttls", "use_tls_465"),
    ),
    "auth.pass_expired": Remedy(
        Scope.SERVER,
        _l("The password of the mailbox has expired."),
        _l("Set a new one at the mail host and enter it here."),
        _l("The password of %(user)s must be changed at the server."),
        fields=("password",),
    ),
    "auth.closed": Remedy(
        Scope.SERVER,
        _l("The server hung up during sign-in."),
        _l("This is typical after too many wrong passwords. Wait, then check the password."),
        _l("%(place)s closed the connection during AUTH, typical of fail2ban or cPHulk."),
        fields=("password",),
    ),
    "auth.pop_first": Remedy(
        Scope.SERVER,
        _l("This old server lets you send only after the mailbox was read."),
        _l("Switch “requires authentication” on if the server knows it, or use another server."),
        _l("%(place)s wants POP before SMTP."),
        fields=("requires_auth",),
        fixes=("auth_on",),
    ),
    "auth.empty": Remedy(
        Scope.SERVER,
        _l("Authentication is on, but there is no password."),
        _l("Enter the password of the mailbox, or switch authentication off."),
        _l("AUTH is configured without a password; none was sent."),
        fields=("password",),
        fixes=("auth_off",),
    ),
    "auth.encoding": Remedy(
        Scope.SERVER,
        _l("The user name or the password holds letters that the server cannot take."),
        _l("Choose a password of English letters, digits and signs for this mailbox."),
        _l(
            "AUTH was refused; the credentials of %(user)s hold non-ASCII characters, sent as "
            "UTF-8."
        ),
        fields=("password",),
    ),
}
