"""Remedies for a connection that cannot be encrypted."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "tls.plain_port": Remedy(
        Scope.SERVER,
        _l("Port %(port)s does not speak SSL/TLS from the start."),
        _l("Choose STARTTLS here, or change the port to 465."),
        _l("The TLS handshake on %(place)s meets plain text (WRONG_VERSION_NUMBER)."),
        fields=("encryption", "port"),
        fixes=("use_starttls", "use_tls_465"),
    ),
    "tls.starttls_missing": Remedy(
        Scope.SERVER,
        _l("The server does not offer STARTTLS on port %(port)s. The password was not sent."),
        _l("Try port 465 with SSL/TLS."),
        _l("EHLO on %(place)s does not list STARTTLS."),
        fields=("encryption", "port"),
        fixes=("use_tls_465",),
    ),
    "tls.starttls_stripped": Remedy(
        Scope.SERVER,
        _l("This server used to offer encryption and no longer does. The password was not sent."),
        _l(
            "Something between the two may be removing it. Ask both hosting companies, or try "
            "465 with SSL/TLS."
        ),
        _l(
            "EHLO on %(place)s no longer lists STARTTLS; it did when mail last went through. "
            "Something on the path may strip it."
        ),
        fields=("encryption",),
        fixes=("use_tls_465",),
    ),
    "tls.starttls_454": Remedy(
        Scope.TEMPORARY,
        _l("The server's own encryption is out of order at the moment."),
        _l("Tell its administrator; until then try port 465 with SSL/TLS."),
        _l(
            "STARTTLS on %(place)s is answered with a 4xx reply: TLS is not available at the "
            "server."
        ),
        fields=("encryption",),
        fixes=("use_tls_465",),
    ),
    "tls.old_protocol": Remedy(
        Scope.SERVER,
        _l("The server knows only encryption that counts as broken today."),
        _l("Ask the mail host to switch on TLS 1.2, or use another server."),
        _l("The server on %(place)s offers nothing newer than TLS 1.1."),
        fields=("encryption",),
    ),
    "tls.no_common": Remedy(
        Scope.SERVER,
        _l("The two sides could not agree on an encryption."),
        _l("Check the name of the server; if it is right, the server is outdated."),
        _l("No common cipher with %(place)s, or it refuses the server name (SNI)."),
        fields=("encryption", "host"),
    ),
    "tls.eof": Remedy(
        Scope.SERVER,
        _l("The connection was cut while encryption was being set up."),
        _l("Either the port is not the right one for SSL/TLS, or a firewall inspects the traffic."),
        _l("%(place)s cut the connection during the TLS handshake."),
        fields=("encryption", "port"),
        fixes=("use_starttls", "use_tls_465"),
    ),
    "tls.timeout": Remedy(
        Scope.TEMPORARY,
        _l("The server began to set up encryption but never finished."),
        _l("Try the other port."),
        _l("The TLS handshake with %(place)s did not finish in time."),
        fields=("encryption", "port"),
        fixes=("use_starttls_587", "use_tls_465"),
    ),
    "tls.legacy_reneg": Remedy(
        Scope.SERVER,
        _l("The encryption software of the server is too old."),
        _l("Use another server."),
        _l("%(place)s knows only unsafe legacy renegotiation."),
    ),
    "tls.unknown": Remedy(
        Scope.SERVER,
        _l("Encryption could not be set up with this server."),
        _l("Check the port and the kind of encryption, then ask the mail host."),
        _l("The TLS handshake with %(place)s failed: %(detail)s"),
        fields=("encryption",),
    ),
}
