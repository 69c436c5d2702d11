"""What is old goes: mail that has ended, with its attempts, and workers that are no more.

Small batches with a pause between, so that nobody who wants to send waits for it. What people and
administrators did (the audit) stays.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select

from app.core import audit, clock, site, transaction
from app.extensions import db
from app.mail.models import DeliveryAttempt, OutboxMessage, OutboxState, WorkerHeartbeat

AT_ONCE = 500
PAUSE = 0.1
# Nobody asks about a worker that has been silent for so long.
SILENCE = timedelta(days=1)

DONE = (OutboxState.SENT, OutboxState.CANCELLED)
# Somebody may still want to know why, so these stay twice as long.
IN_VAIN = (OutboxState.FAILED, OutboxState.EXPIRED)
FINAL = DONE + IN_VAIN


def forget_old_mail() -> int:
    """Delete what ended longer ago than the settings keep it; a chore."""
    kept = timedelta(days=site.current().retention_days)
    now = clock.now()
    gone = sum(purge(DONE, now - kept)) + sum(purge(IN_VAIN, now - 2 * kept))
    if gone:
        audit.record("outbox.purged", actor=audit.SYSTEM, details={"messages": gone})
        db.session.commit()
    return gone


def forget_old_workers() -> int:
    """Delete the signs of life of workers that ended without taking leave; a chore."""
    transaction.begin()
    gone = transaction.changed(
        delete(WorkerHeartbeat).where(WorkerHeartbeat.seen_at < clock.now() - SILENCE)
    )
    db.session.commit()
    return gone


def count_old(states: Sequence[OutboxState], ended_before: datetime) -> int:
    """Return how many messages `purge` would delete."""
    old = select(func.count()).select_from(OutboxMessage).where(*_old(states, ended_before))
    return int(db.session.scalar(old) or 0)


def purge(states: Sequence[OutboxState], ended_before: datetime) -> Iterator[int]:
    """Delete messages that ended in those states before then, and their attempts.

    Commits batch by batch and yields how many each one took; what is not final stays.
    """
    final = [state for state in states if state in FINAL]
    while gone := _purge_some(final, ended_before):
        yield gone
        if gone < AT_ONCE:
            return
        time.sleep(PAUSE)


def purge_by_hand(
    states: Sequence[OutboxState], ended_before: datetime, actor: audit.Actor
) -> Iterator[int]:
    """Purge because somebody asked for it; also a purge that is broken off is in the audit."""
    total = 0
    try:
        for gone in purge(states, ended_before):
            total += gone
            yield gone
    finally:
        details = {"messages": total, "states": list(states), "before": ended_before.isoformat()}
        audit.record("outbox.purged", actor=actor, details=details)
        db.session.commit()


def _purge_some(states: Sequence[OutboxState], ended_before: datetime) -> int:
    transaction.begin()
    old = select(OutboxMessage.id).where(*_old(states, ended_before)).limit(AT_ONCE)
    numbers = list(db.session.scalars(old))
    if numbers:
        gone = delete(DeliveryAttempt).where(DeliveryAttempt.outbox_id.in_(numbers))
        db.session.execute(gone.execution_options(synchronize_session=False))
        gone = delete(OutboxMessage).where(OutboxMessage.id.in_(numbers))
        db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.commit()
    return len(numbers)


def _old(
    states: Sequence[OutboxState], ended_before: datetime
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return OutboxMessage.state.in_(states), OutboxMessage.finished_at < ended_before
