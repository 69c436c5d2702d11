"""Remedies for a greeting that does not come, or not as it should."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "banner.silent_tls": Remedy(
        Scope.SERVER,
        _l("%(host)s waits silently on port %(port)s: this port expects SSL/TLS from the start."),
        _l("Choose SSL/TLS, or use port 587 with STARTTLS."),
        _l("No greeting on %(place)s; a TLS handshake on the same port succeeds (implicit TLS)."),
        fields=("encryption",),
        fixes=("use_tls",),
    ),
    "banner.silent": Remedy(
        Scope.TEMPORARY,
        _l("The server accepted the connection but said nothing."),
        _l(
            "It may be overloaded, or it expects SSL/TLS from the start. Try again, then the "
            "other port."
        ),
        _l("TCP to %(place)s opens, but no 220 comes, and a TLS handshake fails too."),
        fields=("port",),
    ),
    "banner.closed": Remedy(
        Scope.SERVER,
        _l("The server hung up before it said a word."),
        _l("It probably does not allow the address of this installation. Ask the mail host."),
        _l("%(place)s closes the connection before its greeting; probably an access list."),
        fields=("host",),
    ),
    "banner.421": Remedy(
        Scope.TEMPORARY,
        _l("The server says that it is busy or that there are too many connections."),
        _l("Wait a few minutes and try again."),
        _l("The greeting is 421: busy, or too many connections from our address."),
    ),
    "banner.554": Remedy(
        Scope.SERVER,
        _l("The server refuses connections from the address of this installation."),
        _l("Usually a block list is the reason. Ask the mail host to lift it."),
        _l("The greeting is a 5xx refusal of our address, usually from a block list."),
        fields=("host",),
    ),
    "banner.not_smtp": Remedy(
        Scope.SERVER,
        _l("A different service answers on port %(port)s; it is not a server for sending mail."),
        _l("Sending uses 587 with STARTTLS or 465 with SSL/TLS."),
        _l("What answers on %(place)s is not SMTP."),
        fields=("port",),
        fixes=("use_starttls_587", "use_tls_465"),
    ),
    "banner.intercepted": Remedy(
        Scope.SERVER,
        _l(
            "Another server answers in the place of %(host)s: the company that hosts this "
            "installation redirects outgoing mail to its own server."
        ),
        _l(
            "Ask it to lift its “SMTP restrictions”, or use its server %(found)s with an account "
            "there."
        ),
        _l(
            "We asked for %(host)s and reached %(found)s: outgoing SMTP is redirected (SMTP "
            "restrictions, CSF or a proxy)."
        ),
        fields=("host",),
    ),
    "ehlo.refused": Remedy(
        Scope.SERVER,
        _l(
            "The server does not accept the name with which this installation introduces itself: "
            "%(helo)s"
        ),
        _l("Whoever runs it must set a real public name (PEYK_SMTP_EHLO_NAME)."),
        _l("The server refuses our EHLO name %(helo)s."),
    ),
    "ehlo.gmail_loopback": Remedy(
        Scope.SERVER,
        _l("Google hangs up because this installation introduces itself with a local name."),
        _l("Whoever runs it must set its public name (PEYK_SMTP_EHLO_NAME)."),
        _l("421 after EHLO %(helo)s: the relay wants a public EHLO name."),
    ),
    "ehlo.only_helo": Remedy(
        Scope.WARNING,
        _l("The server is very old: it knows neither encryption nor sign-in."),
        _l("Use it only inside your own network."),
        _l("EHLO is refused and HELO is taken: neither TLS nor AUTH is possible."),
        fields=("host",),
    ),
}
