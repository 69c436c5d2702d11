"""What one server said about one message."""

from dataclasses import dataclass

from app.mail.diagnosis.circumstances import Circumstances
from app.mail.diagnosis.replies import Verdict
from app.mail.smtp.offers import Offer
from app.mail.smtp.trouble import Stage, Trouble
from app.mail.smtp.wire import Reply


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of asking one server: what it means, where it ended, how long it took."""

    verdict: Verdict
    stage: Stage
    duration_ms: int
    reply: Reply | None = None
    trouble: Trouble | None = None
    around: Circumstances | None = None
    tls: str = ""
    certificate: str = ""
    server_was_well: bool = False
    offer: Offer | None = None

    @property
    def changes_health(self) -> bool:
        """Tell whether it is news of the server's health, and not only that all is well still."""
        return not self.server_was_well or self.verdict.strain > 0
