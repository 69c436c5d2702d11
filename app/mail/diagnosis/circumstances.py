"""What was so around a failure: what was tried, what was seen, what a second look found. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.config import Config
from app.mail.models import Encryption
from app.mail.server_settings import ServerSettings
from app.mail.smtp.destinations import Address
from app.mail.smtp.findings import Certificate, Findings
from app.mail.smtp.offers import Offer


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What was tried when it failed, what was there before, and what a second look found."""

    host: str = ""
    port: int = 0
    encryption: Encryption = Encryption.STARTTLS
    username: str = ""
    sender: str = ""
    helo: str = ""
    is_loopback: bool = False
    is_iranian: bool = False
    offers_starttls: bool = False
    offered_starttls_once: bool = False
    has_ascii_sign_in: bool = True
    password_state: str = "stored"
    certificate_name: str = ""
    trusted_certificate: str = ""
    offered: Offer | None = None
    findings: Findings = field(default_factory=Findings)

    @property
    def former_certificate(self) -> str:
        """Return the certificate with which it last worked, where another one is shown now."""
        shown = self.findings.certificate
        before = self.offered.certificate if self.offered else ""
        return before if shown and before and shown.sha256 != before else ""


class Talked(Protocol):
    """A conversation that failed, as far as it is asked what it saw."""

    addresses: Sequence[Address]
    extensions: dict[str, str]
    certificate: Certificate | None


def around(server: ServerSettings, config: Config, sender: str, talked: Talked) -> Circumstances:
    """Return what is known of a failure from the conversation itself, before any second look.

    It is the same for a test and for delivery, so a failure means the same in both.
    """
    password = server.password.reveal() if server.password else ""
    return Circumstances(
        host=server.host,
        port=server.port,
        encryption=server.encryption,
        username=server.username,
        sender=sender,
        helo=config.ehlo_name,
        is_loopback=bool(talked.addresses) and all(one.is_loopback for one in talked.addresses),
        is_iranian=config.public_host.endswith(".ir"),
        offers_starttls="STARTTLS" in talked.extensions,
        has_ascii_sign_in=(password + server.username).isascii(),
        password_state=server.password_state,
        certificate_name=server.certificate_name,
        trusted_certificate=server.trusted_certificate,
        offered=server.offered_here,
        findings=Findings(certificate=talked.certificate),
    )
