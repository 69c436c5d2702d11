"""What is said of found settings: why they are shown, what speaks against them."""

from app.i18n.text import _l
from app.mail.discovery.candidate_probe import Outcome
from app.mail.discovery.candidates import Reason
from app.mail.discovery.providers import Note
from app.mail.discovery.scoring import Mark
from app.mail.models import Encryption

REASONS = {
    Reason.PROVIDER: _l("These are the published settings of %(provider)s."),
    Reason.SRV: _l("The domain names this server in its SRV record."),
    Reason.USUAL: _l("This is a usual name for the mail server of a domain."),
    Reason.MX: _l("This server receives the mail of the domain (MX record)."),
    Reason.CERTIFICATE: _l("This is the name in the certificate of the domain's server."),
}
MARKS = {
    Mark.MATCHES: _l("The certificate matches the name of the server."),
    Mark.OTHER_NAME: _l(
        "The certificate was issued for another name, so sending would stop at this server."
    ),
    Mark.UNTRUSTED: _l(
        "The certificate cannot be verified, so sending would stop at this server. Ask the hosting "
        "company for a valid certificate."
    ),
    Mark.PLAIN: _l("No encryption: everybody on the way could read the password."),
    Mark.NO_SIGN_IN: _l(
        "The server offers no sign-in here, so it may take mail only for its own mailboxes."
    ),
    Mark.INTERCEPTED: _l(
        "%(called)s answered in its place: the connection is probably redirected. Ask your hosting "
        "company whether it redirects outgoing mail."
    ),
    Mark.SHARED: _l("The server calls itself %(called)s, as is usual on shared hosting."),
}
NOTES = {
    Note.NONE: "",
    Note.APP_PASSWORD: _l(
        "%(provider)s wants an app password here, not the usual password. Create one in the "
        "security settings of the account."
    ),
    Note.APP_PASSWORD_WITH_TWO_STEPS: _l(
        "If two-step sign-in is on, %(provider)s wants an app password here."
    ),
    Note.SMTP_AUTH_SWITCH: _l(
        "The administrator of the organisation has to allow “Authenticated SMTP” for this mailbox."
    ),
    Note.NO_PASSWORDS: _l(
        "%(provider)s no longer lets programs sign in with a password. Use the mailbox of another "
        "service."
    ),
}
OUTCOMES = {
    Outcome.ANSWERED: _l("A mail server answers."),
    Outcome.UNKNOWN_NAME: _l("No server has this name."),
    Outcome.FORBIDDEN: _l("This installation does not allow connections to this address."),
    Outcome.FILTERED: _l("The network leads this name to its filter, not to the server."),
    Outcome.NO_MAIL_SERVER: _l("No mail server answered."),
    Outcome.LATE: _l("No answer in time."),
}
ENCRYPTIONS = {
    Encryption.TLS: "SSL/TLS",
    Encryption.STARTTLS: "STARTTLS",
    Encryption.NONE: _l("No encryption"),
}
