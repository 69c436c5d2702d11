"""Remedies for what is wrong before anything is sent: the form itself."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "in.host_scheme": Remedy(
        Scope.CAUGHT,
        _l("The name of the server holds a protocol, a port or a path."),
        _l(
            "Write only the name, for example the one of your hosting panel, or have it split "
            "for you."
        ),
        _l("The host field holds a URL or host:port instead of a bare host name."),
        fields=("host", "port"),
        fixes=("split_host",),
    ),
    "in.host_email": Remedy(
        Scope.CAUGHT,
        _l("An e-mail address was entered instead of the name of the server."),
        _l("The server is usually %(suggestion)s; the address belongs in the user name."),
        _l("The host field holds an e-mail address or a web-mail URL."),
        fields=("host", "username"),
        fixes=("use_mail_host",),
    ),
    "in.host_invisible": Remedy(
        Scope.WARNING,
        _l("The name of the server held an invisible character, usually picked up while copying."),
        _l("It was removed; please compare the name."),
        _l("Format or space characters (Unicode Cf, Zs) were in the host name and were removed."),
        fields=("host",),
    ),
    "in.host_label": Remedy(
        Scope.CAUGHT,
        _l("%(host)s is not a valid server name."),
        _l("Look for two dots in a row or a missing part."),
        _l("The host name has an empty or over-long label, or a hyphen at an edge."),
        fields=("host",),
    ),
    "in.port_range": Remedy(
        Scope.CAUGHT,
        _l("The port is not usable."),
        _l("Enter a number; usual ones are 465 with SSL/TLS and 587 with STARTTLS."),
        _l("The port is not a number from 1 to 65535."),
        fields=("port",),
    ),
    "in.port_incoming": Remedy(
        Scope.CAUGHT,
        _l("Port %(port)s is for reading mail, not for sending."),
        _l("Use 587 with STARTTLS or 465 with SSL/TLS."),
        _l("Port %(port)s belongs to IMAP or POP3, not to SMTP submission."),
        fields=("port",),
        fixes=("use_starttls_587", "use_tls_465"),
    ),
    "in.port_mode": Remedy(
        Scope.WARNING,
        _l(
            "Port and encryption do not match: 465 needs SSL/TLS from the start, 587 begins "
            "plain and switches (STARTTLS)."
        ),
        _l("Change one of the two."),
        _l("Port %(port)s and the chosen TLS mode rarely go together."),
        fields=("port", "encryption"),
        fixes=("use_tls_465", "use_starttls_587"),
    ),
    "in.pass_nonascii": Remedy(
        Scope.WARNING,
        _l(
            "The password holds Persian letters or digits; the keyboard was probably set to "
            "Persian."
        ),
        _l("Switch the keyboard to English and type the password again."),
        _l("The password or the user name holds non-ASCII characters; it would be sent as UTF-8."),
        fields=("password",),
    ),
    "in.pass_space": Remedy(
        Scope.WARNING,
        _l("The password begins or ends with a space."),
        _l("Type it again without the space, unless the space belongs to it."),
        _l("The password begins or ends with white space; it is sent as it is."),
        fields=("password",),
    ),
    "in.pass_mask": Remedy(
        Scope.INFO,
        _l("The stored password was kept."),
        _l("Type a new one only to replace it."),
        _l("Only mask characters were posted as the password; the stored one was used."),
        fields=("password",),
    ),
    "in.pass_undecryptable": Remedy(
        Scope.SERVER,
        _l(
            "The stored password can no longer be read, because the secret key of this "
            "installation changed."
        ),
        _l("Type it once more."),
        _l(
            "The stored secret cannot be decrypted with the present SECRET_KEY; no sign-in was "
            "tried."
        ),
        fields=("password",),
    ),
    "in.sender_invalid": Remedy(
        Scope.CAUGHT,
        _l("The sender address is not a full address in English letters."),
        _l("Write it in full, with the part after the @."),
        _l("The sender is not a full ASCII mailbox address."),
        fields=("sender_address",),
    ),
    "in.sender_crlf": Remedy(
        Scope.CAUGHT,
        _l("The sender name holds a line break."),
        _l("Write it on a single line."),
        _l("A line break in the sender name was refused (header injection)."),
        fields=("sender_name",),
    ),
    "in.name_long": Remedy(
        Scope.CAUGHT,
        _l("The sender name is too long."),
        _l("At most 70 characters are allowed."),
        _l("The sender name has more than 70 code points after NFC."),
        fields=("sender_name",),
    ),
    "in.dest_blocked": Remedy(
        Scope.SERVER,
        _l("%(place)s leads to an address or a port that this installation may not connect to."),
        _l(
            "Check the name of the server and the port. If they are right, ask whoever runs this "
            "installation to permit them."
        ),
        _l(
            "%(place)s is outside of what PEYK_SMTP_PRIVATE_HOSTS and PEYK_SMTP_PORTS permit; no "
            "connection was made."
        ),
        fields=("host", "port"),
    ),
    "in.same_server": Remedy(
        Scope.WARNING,
        _l("Both servers are the same machine, so the second will fail together with the first."),
        _l("Choose a server of another company as the secondary."),
        _l("Primary and secondary lead to the same host."),
        fields=("host",),
    ),
}
