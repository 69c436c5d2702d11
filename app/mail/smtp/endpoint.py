"""Where a conversation goes, whom it trusts there, and how long it may take."""

from dataclasses import dataclass, field
from pathlib import Path

from app.mail.models import Encryption
from app.mail.smtp.offers import Offer


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each stage may take, and all of them together, in seconds.

    RFC 5321 (4.5.3.2) wants minutes for some of them; people and other messages wait, so only the
    reply to the final dot gets ten minutes, because giving up there leaves the outcome unknown.
    """

    resolve: float = 15.0
    connect: float = 15.0
    greeting: float = 30.0
    encrypt: float = 20.0
    command: float = 30.0
    dot: float = 600.0
    total: float = 120.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect, which certificate to accept there, and how to sign in.

    `offered` is what was offered there when it last worked; it makes no other endpoint.
    """

    host: str
    port: int
    encryption: Encryption
    ehlo_name: str
    username: str = ""
    password: str = field(default="", repr=False)
    requires_auth: bool = False
    ca_file: Path | None = None
    certificate_name: str = ""
    trusted_certificate: str = ""
    offered: Offer | None = field(default=None, compare=False)

    @property
    def expected_name(self) -> str:
        """Return the name that the certificate must hold, and that the server is asked for."""
        return self.certificate_name or self.host

    @property
    def place(self) -> str:
        """Return where this leads, as far as an observer on the way could tell."""
        return place(self.host, self.port, self.encryption)


def place(host: str, port: int, encryption: Encryption) -> str:
    """Return the place for which an offer holds."""
    return f"{host}:{port}:{encryption}"
