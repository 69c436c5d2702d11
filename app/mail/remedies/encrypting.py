"""Remedies for a connection that cannot be encrypted, or whose certificate is not trusted."""

from app.i18n.text import _l
from app.mail.remedies.words import Remedy

REMEDIES = {
    "tls.plain_port": Remedy(
        _l("Port %(port)s does not speak SSL/TLS from the start."),
        _l("Choose STARTTLS here, or change the port to 465."),
        "encryption",
    ),
    "tls.starttls_missing": Remedy(
        _l("The server does not offer STARTTLS on port %(port)s. The password was not sent."),
        _l("Try port 465 with SSL/TLS."),
        "encryption",
    ),
    "tls.starttls_454": Remedy(
        _l("The server's own encryption is out of order at the moment."),
        _l("Tell its administrator; until then try port 465 with SSL/TLS."),
        "encryption",
    ),
    "tls.name_mismatch": Remedy(
        _l("The certificate of the server was issued for another name, not for %(host)s."),
        _l(
            "On shared hosting, enter the name of the hosting company's own server; it stands in "
            "the hosting panel."
        ),
        "host",
    ),
    "tls.ip_host": Remedy(
        _l("The certificate is not valid for the bare address %(host)s."),
        _l("Certificates are issued to names. Enter the name of the server instead."),
        "host",
    ),
    "tls.self_signed": Remedy(
        _l("The server made its own certificate, so nobody vouches for it."),
        _l("Ask the hosting company for a valid certificate; free ones exist."),
        "host",
    ),
    "tls.unknown_ca": Remedy(
        _l("The certificate comes from an authority that this installation does not know."),
        _l("Whoever runs it may add that authority (PEYK_SMTP_CA_FILE)."),
        "host",
    ),
    "tls.chain_incomplete": Remedy(
        _l("The server does not send its whole chain of certificates."),
        _l("Browsers hide this, servers do not. The mail host must install the “full chain”."),
        "host",
    ),
    "tls.expired": Remedy(
        _l("The certificate of the server has expired."),
        _l("The mail host must renew it."),
        "host",
    ),
    "tls.not_yet": Remedy(
        _l("The certificate of the server is not valid yet."),
        _l("Check the clock of this installation first; if it is right, tell the mail host."),
        "host",
    ),
    "tls.strict": Remedy(
        _l("The certificate breaks a rule that newer systems enforce."),
        _l("The mail host should have it issued again."),
        "host",
    ),
    "tls.revoked_or_purpose": Remedy(
        _l("The certificate of the server may not be used for this purpose."),
        _l("The mail host must replace it."),
        "host",
    ),
    "tls.old_protocol": Remedy(
        _l("The server knows only encryption that counts as broken today."),
        _l("Ask the mail host to switch on TLS 1.2, or use another server."),
        "encryption",
    ),
    "tls.weak_key": Remedy(
        _l("The key of the server is too weak for today's rules."),
        _l("The mail host must renew it."),
        "host",
    ),
    "tls.no_common": Remedy(
        _l("The two sides could not agree on an encryption."),
        _l("Check the name of the server; if it is right, the server is outdated."),
        "encryption",
    ),
    "tls.eof": Remedy(
        _l("The connection was cut while encryption was being set up."),
        _l("Either the port is not the right one for SSL/TLS, or a firewall inspects the traffic."),
        "encryption",
    ),
    "tls.timeout": Remedy(
        _l("The server began to set up encryption but never finished."),
        _l("Try the other port."),
        "encryption",
    ),
    "tls.legacy_reneg": Remedy(
        _l("The encryption software of the server is too old."),
        _l("Use another server."),
        "encryption",
    ),
    "tls.unknown": Remedy(
        _l("Encryption could not be set up with this server."),
        _l("Check the port and the kind of encryption, then ask the mail host."),
        "encryption",
    ),
}
