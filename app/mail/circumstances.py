"""What was so around a failure: what was tried, and what a second look found. Pure."""

from dataclasses import dataclass, field

from app.mail.findings import Findings
from app.mail.models import Encryption
from app.mail.offers import Offer
from app.mail.server_settings import ServerSettings


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


def around_delivery(server: ServerSettings) -> Circumstances:
    """Return what is known of a failure in real delivery, where nobody looks a second time."""
    return Circumstances(
        host=server.host,
        port=server.port,
        encryption=server.encryption,
        username=server.username,
        password_state=server.password_state,
        certificate_name=server.certificate_name,
        trusted_certificate=server.trusted_certificate,
        offered=server.offered_here,
    )
