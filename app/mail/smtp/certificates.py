"""Read the certificate of a server that is not trusted, to say what is wrong with it.

The socket carries no credentials and is closed at once; nothing is ever sent over it.
"""

from cryptography import x509
from cryptography.x509.oid import NameOID

from app.core.errors import PeykError
from app.mail.models import Encryption
from app.mail.smtp import foreign, pins
from app.mail.smtp.destinations import Address
from app.mail.smtp.findings import Certificate
from app.mail.smtp.network import Network
from app.mail.smtp.ports import trusting_context
from app.mail.smtp.wire import Deadline, Wire

_MOST_NAMES, _LONGEST_NAME, _LONGEST_ISSUER = 100, 253, 120


def shown_by(
    network: Network, place: Address, host: str, encryption: Encryption, ehlo_name: str
) -> Certificate | None:
    """Return the certificate that a server shows, or None when it cannot be read."""
    deadline = Deadline.within(4.0)
    try:
        with network.connect(place, 2.0) as connection:
            wire = Wire(connection, [])
            if encryption is Encryption.STARTTLS:
                wire.reply(deadline, 3.0)
                wire.command(f"EHLO {ehlo_name}", deadline, 3.0)
                wire.command("STARTTLS", deadline, 3.0)
            encrypted = wire.start_tls(trusting_context(), host, deadline, 3.0)
            with encrypted:
                return read(encrypted.getpeercert(binary_form=True) or b"")
    except (OSError, PeykError, ValueError):
        return None


def readable(der: bytes) -> Certificate | None:
    """Return what a certificate says, or None when there is nothing that can be read."""
    try:
        return read(der)
    except ValueError:
        return None


def read(der: bytes) -> Certificate:
    """Return what a certificate says, fit to be shown; raise ValueError when it is none."""
    found = x509.load_der_x509_certificate(der)
    issuer = _first(found.issuer, NameOID.ORGANIZATION_NAME) or _first(
        found.issuer, NameOID.COMMON_NAME
    )
    return Certificate(
        names=_names(found),
        issuer=issuer,
        valid_from=found.not_valid_before_utc,
        valid_until=found.not_valid_after_utc,
        sha256=pins.of(der),
    )


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        common = _first(found.subject, NameOID.COMMON_NAME)
        return (common,) if common else ()
    alternatives = extension.value
    addresses = alternatives.get_values_for_type(x509.IPAddress)
    names = (*alternatives.get_values_for_type(x509.DNSName), *map(str, addresses))
    return tuple(foreign.shown(name, _LONGEST_NAME) for name in names[:_MOST_NAMES])


def _first(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(kind)
    return foreign.shown(str(found[0].value), _LONGEST_ISSUER) if found else ""
