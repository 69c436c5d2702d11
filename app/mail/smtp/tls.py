"""TLS as we want it, what was agreed on, and the one certificate that is trusted by itself."""

import ssl
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from app.core.errors import PeykError
from app.mail.smtp import pins
from app.mail.smtp.findings import Certificate


class OtherCertificate(PeykError):
    """The server shows another certificate than the one that is trusted; it is the argument."""


class AuthoritiesUnreadable(PeykError):
    """The operator's file with authorities cannot be read, so nothing can be verified with it."""


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What was agreed on, and with whom; `sha256` is the fingerprint of the certificate."""

    version: str
    cipher: str
    names: tuple[str, ...] = ()
    issuer: str = ""
    expires_at: datetime | None = None
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.version}, {self.cipher}"

    @property
    def certificate(self) -> str:
        """Return whose certificate it was, by whom and until when, for the log."""
        if self.expires_at is None:
            return ""
        name = self.names[0] if self.names else ""
        return f"{name[:80]}|{self.issuer[:60]}|{self.expires_at:%Y-%m-%d}".replace("\n", " ")


_contexts: dict[tuple[Path | None, int], ssl.SSLContext] = {}


def context(ca_file: Path | None) -> ssl.SSLContext:
    """Return the shared context: certificates and names are verified, TLS 1.2 at least.

    A file of authorities that was written anew is read anew.
    """
    key = ca_file, _written_at(ca_file)
    if key not in _contexts:
        made = ssl.create_default_context()
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca_file:
            _load(made, ca_file)
        _contexts[key] = made
    return _contexts[key]


def unverified_context() -> ssl.SSLContext:
    """Return a context that takes any certificate: of use only with `demand` right after it.

    It knows no authorities: reading those of the system takes longer than the whole handshake.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def demand(encrypted: ssl.SSLSocket, fingerprint: str) -> None:
    """Raise `OtherCertificate` unless the other side shows exactly the certificate named."""
    shown = pins.of(encrypted.getpeercert(binary_form=True) or b"")
    if not pins.is_same(shown, fingerprint):
        raise OtherCertificate(shown)


def can_read(ca_file: Path | None) -> bool:
    """Tell whether the operator's authorities, if there are any, can be used."""
    try:
        context(ca_file)
    except AuthoritiesUnreadable:
        return False
    return True


def facts(encrypted: ssl.SSLSocket, shown: Certificate | None) -> TlsFacts:
    """Return what was agreed on with the other side, and who it is, where that can be read."""
    cipher = encrypted.cipher()
    agreed = TlsFacts(
        encrypted.version() or "",
        cipher[0] if cipher else "",
        sha256=pins.of(encrypted.getpeercert(binary_form=True) or b""),
    )
    if shown is None:
        return agreed
    return replace(agreed, names=shown.names, issuer=shown.issuer, expires_at=shown.valid_until)


def _written_at(ca_file: Path | None) -> int:
    try:
        return ca_file.stat().st_mtime_ns if ca_file else 0
    except OSError as error:
        raise AuthoritiesUnreadable(str(ca_file)) from error


def _load(made: ssl.SSLContext, ca_file: Path) -> None:
    try:
        made.load_verify_locations(ca_file)
    except OSError as error:  # what OpenSSL raises is one, too
        raise AuthoritiesUnreadable(str(ca_file)) from error
