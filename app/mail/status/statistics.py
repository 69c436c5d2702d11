"""What the outbox holds, in numbers: for the status command, metrics and alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.core import clock
from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState, WorkerHeartbeat

SILENCE = timedelta(seconds=60)
WAITING = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class QueueStatistics:
    """The outbox at one moment; `by_state` names every state, also those that are empty.

    `oldest_waiting_since` is when the oldest mail that waits was decided; `oldest_due_at` when
    the one that is longest due (not merely planned for later) should have been sent.
    """

    by_state: Mapping[str, int]
    oldest_waiting_since: datetime | None
    oldest_due_at: datetime | None
    workers: int
    taken_at: datetime

    @property
    def waiting(self) -> int:
        """Return how many mails are decided and not yet accepted by a server."""
        return sum(self.by_state[state] for state in WAITING)

    @property
    def oldest_age(self) -> timedelta:
        """Return how long the oldest waiting mail has been waiting; nothing waits: zero."""
        return self.taken_at - (self.oldest_waiting_since or self.taken_at)

    @property
    def lateness(self) -> timedelta:
        """Return for how long something that is due has not been taken up; zero when nothing is."""
        return self.taken_at - (self.oldest_due_at or self.taken_at)


def statistics() -> QueueStatistics:
    """Return what the outbox holds now."""
    now = clock.now()
    counted = db.session.execute(
        select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    )
    found = {state: int(count) for state, count in counted}
    waiting = select(func.min(OutboxMessage.created_at)).where(OutboxMessage.state.in_(WAITING))
    due = select(func.min(OutboxMessage.due_at)).where(
        OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.UNKNOWN)),
        OutboxMessage.due_at <= now,
    )
    return QueueStatistics(
        by_state={state.value: found.get(state, 0) for state in OutboxState},
        oldest_waiting_since=db.session.scalar(waiting),
        oldest_due_at=db.session.scalar(due),
        workers=_workers(now),
        taken_at=now,
    )


def _workers(now: datetime) -> int:
    """Return how many worker processes have left a sign of life in the last minute."""
    alive = select(func.count()).where(WorkerHeartbeat.seen_at > now - SILENCE)
    return int(db.session.scalar(alive) or 0)
