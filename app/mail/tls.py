"""TLS as we want it, and what was agreed on."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What was agreed on, and with whom."""

    version: str
    cipher: str
    names: tuple[str, ...] = ()
    issuer: str = ""
    expires_at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.version}, {self.cipher}"


_contexts: dict[Path | None, ssl.SSLContext] = {}


def context(ca_file: Path | None) -> ssl.SSLContext:
    """Return the shared context: certificates and names are verified, TLS 1.2 at least."""
    if ca_file not in _contexts:
        made = ssl.create_default_context()
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca_file:
            made.load_verify_locations(ca_file)
        _contexts[ca_file] = made
    return _contexts[ca_file]


def facts(encrypted: ssl.SSLSocket) -> TlsFacts:
    """Return what was agreed on with the other side, and who it is."""
    certificate = encrypted.getpeercert() or {}
    cipher = encrypted.cipher()
    until = certificate.get("notAfter")
    issuer = dict(pair for part in certificate.get("issuer", ()) for pair in _pairs(part))
    return TlsFacts(
        version=encrypted.version() or "",
        cipher=cipher[0] if cipher else "",
        names=tuple(str(pair[1]) for pair in certificate.get("subjectAltName", ())),
        issuer=str(issuer.get("organizationName") or issuer.get("commonName") or ""),
        expires_at=datetime.fromtimestamp(ssl.cert_time_to_seconds(str(until)), UTC)
        if until
        else None,
    )


def _pairs(part: object) -> Iterator[tuple[str, str]]:
    """Read one part of a name, which the types of the library leave open."""
    if isinstance(part, tuple):
        yield from ((str(pair[0]), str(pair[1])) for pair in part)
