"""Remedies for a certificate that is not trusted."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "tls.name_mismatch": Remedy(
        Scope.SERVER,
        _l("The certificate of the server was issued for another name, not for %(host)s."),
        _l(
            "On shared hosting, enter the name of the hosting company's own server; it stands "
            "in the hosting panel."
        ),
        _l("The certificate on %(place)s names %(names)s, not %(host)s."),
        fields=("host", "certificate_name"),
        fixes=("use_host", "expect_name", "trust_certificate"),
    ),
    "tls.expected_name": Remedy(
        Scope.SERVER,
        _l("The certificate of the server does not hold the name that you expect, %(expected)s."),
        _l(
            "Compare the name with that of the hosting company's server. Leave the field empty "
            "if the certificate should hold %(host)s itself."
        ),
        _l("The certificate on %(place)s names %(names)s; expected is %(expected)s."),
        fields=("certificate_name",),
        fixes=("expect_name", "trust_certificate"),
    ),
    "tls.other_certificate": Remedy(
        Scope.SERVER,
        _l(
            "The server shows another certificate than the one you trusted. Nothing was sent: "
            "neither the password nor a message."
        ),
        _l(
            "Either the mail host renewed it, or somebody stands in between. Ask the mail host "
            "for the SHA-256 fingerprint of the new certificate in a way that does not go "
            "through this connection, and enter it only if it is the one shown here."
        ),
        _l("%(place)s shows the certificate with SHA-256 %(shown)s; trusted is only %(trusted)s."),
        fields=("trusted_certificate",),
    ),
    "tls.certificate_changed": Remedy(
        Scope.WARNING,
        _l(
            "This is not the certificate with which this server last worked. Somebody may stand "
            "in between, so nothing is offered here to trust it with one press."
        ),
        _l(
            "Do not trust it before the mail host has confirmed the change, for example by "
            "telephone. Then you may enter its fingerprint by hand."
        ),
        _l(
            "At the last success the certificate had SHA-256 %(before)s; now it has SHA-256 "
            "%(shown)s."
        ),
        fields=("trusted_certificate",),
    ),
    "tls.trusted_exactly": Remedy(
        Scope.INFO,
        _l(
            "This is exactly the certificate that you trusted. Its name, its issuer and its "
            "expiry were not judged."
        ),
        _l(
            "When the mail host renews it (it runs until %(until)s), mail through this server "
            "stops until you trust the new one."
        ),
        _l("%(place)s shows the trusted certificate, SHA-256 %(sha256)s."),
        fields=("trusted_certificate",),
    ),
    "tls.ip_host": Remedy(
        Scope.SERVER,
        _l("The certificate is not valid for the bare address %(host)s."),
        _l("Certificates are issued to names. Enter the name of the server instead."),
        _l("The host is a bare address; the certificate on %(place)s names %(names)s."),
        fields=("host", "certificate_name"),
        fixes=("use_host", "expect_name", "trust_certificate"),
    ),
    "tls.self_signed": Remedy(
        Scope.SERVER,
        _l("The server made its own certificate, so nobody vouches for it."),
        _l("Ask the hosting company for a valid certificate; free ones exist."),
        _l("The certificate on %(place)s is self-signed; SHA-256 %(sha256)s"),
        fields=("host", "trusted_certificate"),
        fixes=("trust_certificate",),
    ),
    "tls.unknown_ca": Remedy(
        Scope.SERVER,
        _l("The certificate comes from an authority that this installation does not know."),
        _l("Whoever runs it may add that authority (PEYK_SMTP_CA_FILE)."),
        _l("The chain on %(place)s ends at a root that is not trusted here; issuer %(issuer)s."),
        fields=("host", "trusted_certificate"),
        fixes=("trust_certificate",),
    ),
    "tls.chain_incomplete": Remedy(
        Scope.SERVER,
        _l("The server does not send its whole chain of certificates."),
        _l("Browsers hide this, servers do not. The mail host must install the “full chain”."),
        _l("The server on %(place)s does not send the intermediate certificate of %(issuer)s."),
        fields=("host", "trusted_certificate"),
        fixes=("trust_certificate",),
    ),
    "tls.expired": Remedy(
        Scope.SERVER,
        _l("The certificate of the server has expired."),
        _l("The mail host must renew it."),
        _l("The certificate on %(place)s expired on %(until)s."),
        fields=("host", "trusted_certificate"),
        fixes=("trust_certificate",),
    ),
    "tls.expires_soon": Remedy(
        Scope.WARNING,
        _l("The certificate of the server expires soon: %(days)s days are left."),
        _l("Remind the mail host to renew it, or mail will stop."),
        _l("The certificate on %(place)s expires on %(until)s."),
        fields=("host",),
    ),
    "tls.not_yet": Remedy(
        Scope.SERVER,
        _l("The certificate of the server is not valid yet."),
        _l("Check the clock of this installation first; if it is right, tell the mail host."),
        _l(
            "The certificate on %(place)s is valid only from %(from)s; the clock here says %(now)s."
        ),
        fields=("host",),
    ),
    "tls.strict": Remedy(
        Scope.SERVER,
        _l("The certificate breaks a rule that newer systems enforce."),
        _l("The mail host should have it issued again."),
        _l(
            "The certificate on %(place)s fails strict X.509 checks (for example no Authority "
            "Key Identifier)."
        ),
        fields=("host", "trusted_certificate"),
        fixes=("trust_certificate",),
    ),
    "tls.revoked_or_purpose": Remedy(
        Scope.SERVER,
        _l("The certificate of the server may not be used for this purpose."),
        _l("The mail host must replace it."),
        _l(
            "The certificate on %(place)s is revoked, has another purpose, or has an invalid CA "
            "in its chain."
        ),
        fields=("host",),
    ),
    "tls.weak_key": Remedy(
        Scope.SERVER,
        _l("The key of the server is too weak for today's rules."),
        _l("The mail host must renew it."),
        _l("The key, the DH parameters or the digest on %(place)s are below today's minimum."),
        fields=("host",),
    ),
}
