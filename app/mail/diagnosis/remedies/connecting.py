"""Remedies for a server that cannot be connected to."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "tcp.refused": Remedy(
        Scope.SERVER,
        _l("%(host)s is up, but nothing answers on port %(port)s."),
        _l("Check the port. Usual ones are 587 with STARTTLS and 465 with SSL/TLS."),
        _l("The TCP connection to %(place)s is refused (ECONNREFUSED)."),
        fields=("port",),
        fixes=("use_open_port", "use_starttls_587", "use_tls_465"),
    ),
    "tcp.refused_local": Remedy(
        Scope.SERVER,
        _l("No mail server runs on this machine on port %(port)s."),
        _l("Enter the name of your hosting company's mail server."),
        _l("The TCP connection to %(place)s on the loopback interface is refused (ECONNREFUSED)."),
        fields=("host", "port"),
        fixes=("use_open_port",),
    ),
    "tcp.timeout_port": Remedy(
        Scope.SERVER,
        _l("Port %(port)s of %(host)s does not answer, but another port does."),
        _l("Use port %(other)s with %(mode)s."),
        _l("SYN to %(place)s gets no answer, while port %(other)s of the same host does."),
        fields=("port", "encryption"),
        fixes=("use_open_port",),
    ),
    "tcp.timeout_25": Remedy(
        Scope.SERVER,
        _l(
            "The company that hosts this installation blocks outgoing port 25, as most do "
            "against spam."
        ),
        _l("Use port 587 with STARTTLS or 465 with SSL/TLS."),
        _l(
            "Outgoing TCP port 25 is filtered: SYN gets no answer from %(place)s nor from the "
            "control host."
        ),
        fields=("port",),
        fixes=("use_starttls_587", "use_tls_465"),
    ),
    "tcp.timeout_all_mail": Remedy(
        Scope.SERVER,
        _l("This installation may not connect to mail servers at all; the web works."),
        _l(
            "Ask the company that hosts this installation to allow outgoing 465 and 587 to "
            "%(host)s; the text below is ready to send."
        ),
        _l("SYN to ports 25, 465, 587 and 2525 of %(host)s gets no answer, while port 443 opens."),
        fields=("host", "port"),
    ),
    "tcp.timeout": Remedy(
        Scope.SERVER,
        _l("%(host)s did not answer on port %(port)s in time."),
        _l(
            "The server is down, or a firewall between the two drops the connection. Ask your "
            "hosting company to allow outgoing connections to this port."
        ),
        _l("SYN to %(place)s gets no answer, and no other usual port answers either."),
        fields=("host", "port"),
    ),
    "tcp.unreachable": Remedy(
        Scope.SERVER,
        _l("There is no network path from here to %(host)s."),
        _l("Check the name of the server; if it is right, ask your hosting company."),
        _l("There is no route to %(place)s (ENETUNREACH, EHOSTUNREACH)."),
        fields=("host",),
    ),
    "tcp.ipv6_broken": Remedy(
        Scope.WARNING,
        _l("The IPv6 address of %(host)s does not work from here; IPv4 does and is used."),
        _l("Ask the mail host to fix IPv6."),
        _l("Connecting to the AAAA address failed; the A address answered and is used."),
    ),
    "tcp.reset": Remedy(
        Scope.SERVER,
        _l("%(host)s cut the connection at once."),
        _l(
            "Often the address of this installation was blocked after failed sign-ins. Ask the "
            "mail host to unblock it, and do not keep retrying."
        ),
        _l("The TCP connection to %(place)s is reset at once (ECONNRESET)."),
        fields=("host",),
    ),
    "tcp.permission": Remedy(
        Scope.SERVER,
        _l("The operating system forbids this program to connect to other servers."),
        _l("Whoever runs this installation must permit it (firewall, container, SELinux)."),
        _l("The operating system denies connect() to %(place)s (EACCES, EPERM)."),
    ),
    "tcp.geo": Remedy(
        Scope.SERVER,
        _l(
            "%(host)s belongs to a foreign provider that probably takes no connections from "
            "Iranian networks."
        ),
        _l("Use a mail server inside the country."),
        _l("%(place)s, a foreign provider, drops or resets connections from this network."),
        fields=("host",),
    ),
}
