"""The log from end to end, portion by portion, for whoever takes it out of the system."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import func, select

from app.core import audit, transaction
from app.extensions import db
from app.mail.log import log
from app.mail.log.log import Filters, Line
from app.mail.models import DeliveryAttempt


def note(wanted: Mapping[str, str], actor: audit.Actor) -> None:
    """Write down that somebody took what matches out of the system; commit."""
    transaction.begin()
    audit.record("outbox.exported", actor=actor, target="outbox", details=dict(wanted))
    db.session.commit()


def every(filters: Filters, at_once: int) -> Iterator[list[Line]]:
    """Give everything that matches, newest first, a portion at a time; no row is held between."""
    below: int | None = None
    while portion := log.numbers(filters, below, at_once):
        found = log.lines(portion)
        db.session.commit()
        yield found
        below = portion[-1]


def last_words(wanted: Sequence[int]) -> dict[int, str]:
    """Return what was said at the last attempt of each of these messages."""
    last = select(func.max(DeliveryAttempt.id)).where(DeliveryAttempt.outbox_id.in_(wanted))
    found = db.session.scalars(
        select(DeliveryAttempt).where(
            DeliveryAttempt.id.in_(last.group_by(DeliveryAttempt.outbox_id))
        )
    )
    return {one.outbox_id: f"{one.code or ''} {one.reply}".strip() for one in found}
