"""What was so around a failure: what was tried, and what a second look found. Pure."""

from dataclasses import dataclass, field

from app.mail.findings import Findings
from app.mail.models import Encryption
from app.mail.server_settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What was tried when it failed, and what a second look found."""

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
    findings: Findings = field(default_factory=Findings)


def around_delivery(server: ServerSettings) -> Circumstances:
    """Return what is known of a failure in real delivery, where nobody looks a second time."""
    return Circumstances(
        host=server.host,
        port=server.port,
        encryption=server.encryption,
        username=server.username,
        password_state=server.password_state,
    )
