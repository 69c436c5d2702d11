"""Remedies for what lies with this installation, and for what nobody knows."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "sys.inactive": Remedy(
        Scope.CAUGHT,
        _l("Sending is switched off, so nobody can finish a registration."),
        _l("Switch SMTP on when the servers are set up."),
        _l("The master switch is off; nothing is sent."),
        fields=("smtp_active",),
    ),
    "sys.no_active_server": Remedy(
        Scope.CAUGHT,
        _l("SMTP is on, but neither server is active, so no mail is sent."),
        _l("Switch the primary or the secondary server on."),
        _l("The master switch is on, but neither server is active."),
        fields=("active",),
    ),
    "sys.breaker_open": Remedy(
        Scope.INFO,
        _l("The primary failed repeatedly; the secondary is in use for now."),
        _l("The primary is tried again by itself."),
        _l("The circuit breaker of the primary is open; the secondary is in use."),
    ),
    "sys.env_locked": Remedy(
        Scope.INFO,
        _l("What would solve this is fixed in the configuration of this installation."),
        _l("Whoever runs this installation can change it there."),
        _l("The value comes from the environment and cannot be changed on the page."),
    ),
    "sys.clock": Remedy(
        Scope.WARNING,
        _l(
            "The clock of this installation is off by %(minutes)s minutes, compared with the "
            "server."
        ),
        _l(
            "Certificates and sign-in may fail; whoever runs this installation should set the "
            "clock."
        ),
        _l("The clock here differs from the date in the server's greeting by %(minutes)s minutes."),
    ),
    "sys.worker_down": Remedy(
        Scope.SERVER,
        _l("The sending process is not running, so mail waits."),
        _l("Whoever runs this installation must start it; nothing is lost until then."),
        _l("No worker has shown a sign of life in the last minute."),
    ),
    "sys.ca_file": Remedy(
        Scope.SERVER,
        _l("The file with the certificates of your own authority cannot be read."),
        _l(
            "Whoever runs this installation must repair it (PEYK_SMTP_CA_FILE); until then no "
            "certificate can be checked, so nothing is sent."
        ),
        _l("PEYK_SMTP_CA_FILE is missing, unreadable or holds no certificate."),
    ),
    "sys.deadline": Remedy(
        Scope.TEMPORARY,
        _l("The test took too long and was stopped."),
        _l("The server answers very slowly. Try again later or ask the mail host."),
        _l("%(place)s did not answer in time."),
        fields=("host",),
    ),
    "sys.unknown": Remedy(
        Scope.SERVER,
        _l("The server gave an answer that is not known here."),
        _l("Send the report below to your hosting company."),
        _l("An answer that no rule knows: %(reply)s"),
    ),
}
