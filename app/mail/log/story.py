"""Everything that is known of one message: what happened to it, and what was decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.errors import NotFound
from app.extensions import db
from app.mail import kinds
from app.mail.diagnosis import diagnosis
from app.mail.diagnosis.diagnosis import Diagnosis
from app.mail.diagnosis.replies import Outcome
from app.mail.models import DeliveryAttempt, OutboxDeed, OutboxMessage
from app.mail.outbox.by_hand import POSSIBLE_IN, Deed

_MOST = 200


@dataclass(frozen=True, slots=True)
class Story:
    """One message with its newest attempts and decisions, oldest first."""

    message: OutboxMessage
    attempts: Sequence[DeliveryAttempt]
    deeds: Sequence[OutboxDeed]

    @property
    def possible(self) -> list[Deed]:
        """Return what may be decided about it now."""
        found = [deed for deed in Deed if self.message.state in POSSIBLE_IN[deed]]
        return [deed for deed in found if deed is not Deed.RESEND or self.can_be_resent]

    @property
    def can_be_resent(self) -> bool:
        """Tell whether anybody but its reader may ask for a fresh mail of its kind."""
        return kinds.again(self.message.kind) is not None


def of(number: int) -> Story:
    """Return the story of a message; raise `NotFound`."""
    message = db.session.get(OutboxMessage, number)
    if message is None:
        raise NotFound(f"outbox {number}")
    attempts = select(DeliveryAttempt).where(DeliveryAttempt.outbox_id == number)
    deeds = select(OutboxDeed).where(OutboxDeed.outbox_id == number)
    last = db.session.scalars(attempts.order_by(DeliveryAttempt.id.desc()).limit(_MOST)).all()
    newest = db.session.scalars(deeds.order_by(OutboxDeed.id.desc()).limit(_MOST)).all()
    return Story(message, last[::-1], newest[::-1])


def diagnosis_of(attempt: DeliveryAttempt) -> Diagnosis | None:
    """Return what a failed attempt means, by the table that explains a connection test.

    Attempts that were written down without a code are read by what the server said.
    """
    if attempt.outcome == Outcome.ACCEPTED:
        return None
    if attempt.cause:
        return diagnosis.known(attempt.cause, **{**attempt.details, "reply": said(attempt)})
    cause = "reply" if attempt.code else "other"
    return diagnosis.of_record(attempt.stage, cause, said(attempt))


def suspicion_of(attempt: DeliveryAttempt) -> Diagnosis | None:
    """Return the warning that another certificate was shown than when the server last worked."""
    former, shown = attempt.details.get("former"), attempt.details.get("sha256")
    if not former or not shown:
        return None
    return diagnosis.note("tls.certificate_changed", before=former, shown=shown)


def said(attempt: DeliveryAttempt) -> str:
    """Return the server's own words with their code, or our system's word for a failure."""
    return f"{attempt.code} {attempt.reply}" if attempt.code else attempt.reply
