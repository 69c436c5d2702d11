"""Remedies for a server that is not reached: the name, the connection, the greeting."""

from app.i18n.text import _l
from app.mail.remedies.words import Remedy

REMEDIES = {
    "in.dest_blocked": Remedy(
        _l("%(host)s leads to an address that this installation may not connect to."),
        _l(
            "Check the name of the server. If it is right, ask whoever runs this installation to "
            "permit it."
        ),
        "host",
    ),
    "in.host_label": Remedy(
        _l("%(host)s is not a valid server name."),
        _l("Look for two dots in a row or a missing part."),
        "host",
    ),
    "dns.not_found": Remedy(
        _l("No server called %(host)s was found."),
        _l("Look for a typing error; your hosting panel shows the exact name."),
        "host",
    ),
    "dns.no_address": Remedy(
        _l("%(host)s exists but has no address to connect to."),
        _l("The domain itself is often not the mail server; try its name with “mail.” before it."),
        "host",
    ),
    "dns.temporary": Remedy(
        _l("The name service (DNS) did not answer."),
        _l(
            "Try again in a minute. If it stays so, the DNS of this installation is at fault, not "
            "the SMTP settings."
        ),
        "host",
    ),
    "dns.filtered": Remedy(
        _l("The network answered with a filtering address instead of the real one."),
        _l(
            "This service cannot be reached from this data centre; use a mail server in the "
            "country."
        ),
        "host",
    ),
    "tcp.refused": Remedy(
        _l("%(host)s is up, but nothing answers on port %(port)s."),
        _l("Check the port. Usual ones are 587 with STARTTLS and 465 with SSL/TLS."),
        "port",
    ),
    "tcp.refused_local": Remedy(
        _l("No mail server runs on this machine on port %(port)s."),
        _l("Enter the name of your hosting company's mail server."),
        "host",
    ),
    "tcp.timeout_25": Remedy(
        _l("Port 25 of %(host)s did not answer in time."),
        _l("Most hosting companies block outgoing port 25 against spam. Use 587 or 465."),
        "port",
    ),
    "tcp.timeout": Remedy(
        _l("%(host)s did not answer on port %(port)s in time."),
        _l(
            "The server is down, or a firewall between the two drops the connection. Ask your "
            "hosting company to allow outgoing connections to this port."
        ),
        "host",
    ),
    "tcp.unreachable": Remedy(
        _l("There is no network path from here to %(host)s."),
        _l("Check the name of the server; if it is right, ask your hosting company."),
        "host",
    ),
    "tcp.reset": Remedy(
        _l("%(host)s cut the connection at once."),
        _l(
            "Often the address of this installation was blocked after failed sign-ins. Ask the "
            "mail host to unblock it, and do not keep retrying."
        ),
        "host",
    ),
    "tcp.permission": Remedy(
        _l("The operating system forbids this program to connect to other servers."),
        _l("Whoever runs this installation must permit it (firewall, container, SELinux)."),
    ),
    "banner.silent_tls": Remedy(
        _l("%(host)s waits silently on port %(port)s: this port expects SSL/TLS from the start."),
        _l("Choose SSL/TLS, or use port 587 with STARTTLS."),
        "encryption",
    ),
    "banner.silent": Remedy(
        _l("The server accepted the connection but said nothing."),
        _l(
            "It may be overloaded, or it expects SSL/TLS from the start. Try again, then the other "
            "port."
        ),
        "port",
    ),
    "banner.closed": Remedy(
        _l("The server hung up before it said a word."),
        _l("It probably does not allow the address of this installation. Ask the mail host."),
        "host",
    ),
    "banner.421": Remedy(
        _l("The server says that it is busy or that there are too many connections."),
        _l("Wait some minutes and try again."),
    ),
    "banner.554": Remedy(
        _l("The server refuses connections from the address of this installation."),
        _l("Usually a block list is the reason. Ask the mail host to lift it."),
        "host",
    ),
    "banner.not_smtp": Remedy(
        _l("A different service answers on port %(port)s; it is not a server for sending mail."),
        _l("Sending uses 587 with STARTTLS or 465 with SSL/TLS."),
        "port",
    ),
    "ehlo.refused": Remedy(
        _l("The server dislikes the name with which this installation introduces itself: %(helo)s"),
        _l("Whoever runs it must set a real public name (PEYK_SMTP_EHLO_NAME)."),
    ),
    "ehlo.only_helo": Remedy(
        _l("The server is very old: it knows neither encryption nor sign-in."),
        _l("Use it only inside your own network."),
    ),
}
