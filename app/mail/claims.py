"""The worker's side of the outbox: claim, renew, finish, put back, give back.

Each function that commits is a short transaction of its own; none is open while a server is
spoken to. A message belongs to a worker for as long as its lease lasts; what a worker writes
about a message it no longer owns is refused (fencing).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core import clock, transaction
from app.extensions import db
from app.mail import retry
from app.mail.models import OPEN_STATES, DeliveryAttempt, OutboxMessage, OutboxState, Role

BATCH = 20
LEASE = timedelta(seconds=60)
MAX_CLAIMS = 5
_M = OutboxMessage


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may deliver, as a value: no row is held during SMTP.

    `wanted` is the server to begin with; `only` the one server that may get it at all, because
    that one may already have it.
    """

    id: int
    kind: str
    about: int
    to: str
    locale: str
    message_id: str
    rounds: int
    owner: str
    wanted: Role | None
    only: Role | None
    may_be_duplicate: bool


def claim(owner: str, size: int = BATCH) -> list[Claimed]:
    """Take up to `size` due messages for this worker, oldest first, and commit.

    The candidates are chosen in a materialised CTE: without it the planner of PostgreSQL may
    run the inner query again and take more than it was asked for.
    """
    now = clock.now()
    transaction.begin()
    due = (
        select(OutboxMessage.id)
        .where(_is_due(now))
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(size)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    taken = db.session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(select(due.c.id)))
        .values(_taking(owner, now))
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    claimed = [_claimed(row, owner) for row in sorted(taken, key=lambda row: row.id)]
    db.session.commit()
    return claimed


def renew(owner: str) -> int:
    """Prolong the lease of everything this worker holds; return how much that is."""
    transaction.begin()
    held = transaction.changed(
        update(OutboxMessage)
        .where(OutboxMessage.owner == owner, OutboxMessage.state == OutboxState.SENDING)
        .values(lease_until=clock.now() + LEASE)
    )
    db.session.commit()
    return held


def still_owns(message: Claimed) -> bool:
    """Tell whether the lease of a message is still this worker's; asked before each server."""
    lease = db.session.scalar(select(OutboxMessage.lease_until).where(_owned(message)))
    db.session.commit()
    return lease is not None and lease > clock.now()


def finish(message: Claimed, state: OutboxState, outcome: str, server: Role | None) -> bool:
    """Write the end of a message, in the caller's transaction; False when it is not ours."""
    return _close(
        message,
        state=state,
        last_outcome=outcome,
        finished_at=clock.now(),
        sent_by=server if state is OutboxState.SENT else None,
        claims=0,
    )


def requeue(
    message: Claimed, due_at: datetime, outcome: str, rounds: int, wanted: Role | None
) -> bool:
    """Put a message back for another round, in the caller's transaction."""
    return _close(
        message,
        state=OutboxState.QUEUED,
        due_at=due_at,
        last_outcome=outcome,
        rounds=rounds,
        next_server=wanted,
        claims=0,
    )


def hold_unknown(message: Claimed, server: Role) -> bool:
    """Hold a message whose fate nobody knows; it goes once more to the same server, later.

    When nobody knows the second time either, it ends as failed: a third copy helps nobody.
    """
    if message.only:
        return finish(message, OutboxState.FAILED, "unknown", None)
    return _close(
        message,
        state=OutboxState.UNKNOWN,
        due_at=clock.now() + retry.UNKNOWN_HOLD,
        unknown_server=server,
        last_outcome="unknown",
        claims=0,
    )


def give_back(owner: str) -> int:
    """Return everything this worker still holds, unasked and uncharged; commit."""
    transaction.begin()
    given = transaction.changed(
        update(OutboxMessage)
        .where(OutboxMessage.owner == owner, OutboxMessage.state == OutboxState.SENDING)
        .values(
            state=OutboxState.QUEUED,
            owner=None,
            lease_until=None,
            claims=OutboxMessage.claims - 1,
        )
    )
    db.session.commit()
    return given


def tidy() -> None:
    """Expire what is too old, and stop what has killed worker after worker; commit."""
    transaction.begin()
    now = clock.now()
    for state, condition in (
        (OutboxState.EXPIRED, and_(_M.state == OutboxState.QUEUED, _M.expires_at < now)),
        (OutboxState.FAILED, and_(_lease_is_over(now), OutboxMessage.claims >= MAX_CLAIMS)),
    ):
        db.session.execute(
            update(OutboxMessage)
            .where(condition)
            .values(state=state, finished_at=now, owner=None, lease_until=None)
        )
    db.session.commit()


def retry_at(rounds: int) -> datetime:
    """Return when a message that has been through so many rounds is tried again."""
    return retry.next_attempt_at(rounds, clock.now(), random.random())


def write_down(attempts: Sequence[DeliveryAttempt]) -> None:
    """Add what was tried to the caller's transaction."""
    db.session.add_all(attempts)


def _taking(owner: str, now: datetime) -> dict[InstrumentedAttribute[object], object]:
    """What a claim writes. A message that had been in somebody's hands may be a duplicate."""
    return {
        _M.state: OutboxState.SENDING,
        _M.owner: owner,
        _M.lease_until: now + LEASE,
        _M.claims: _M.claims + 1,
        _M.may_be_duplicate: or_(
            _M.may_be_duplicate, _M.state.in_((OutboxState.SENDING, OutboxState.UNKNOWN))
        ),
    }


def _claimed(row: OutboxMessage, owner: str) -> Claimed:
    return Claimed(
        id=row.id,
        kind=row.kind,
        about=row.about,
        to=row.recipient,
        locale=row.locale,
        message_id=row.message_id,
        rounds=row.rounds,
        owner=owner,
        wanted=Role(row.next_server) if row.next_server else None,
        only=Role(row.unknown_server) if row.unknown_server else None,
        may_be_duplicate=row.may_be_duplicate,
    )


def _close(message: Claimed, **values: object) -> bool:
    closed = transaction.changed(
        update(OutboxMessage)
        .where(_owned(message))
        .values(owner=None, lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return closed == 1


def _owned(message: Claimed) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.id == message.id,
        OutboxMessage.owner == message.owner,
        _M.state == OutboxState.SENDING,
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(OutboxMessage.state.in_(OPEN_STATES), OutboxMessage.due_at <= now)
    return or_(waiting, and_(_lease_is_over(now), OutboxMessage.claims < MAX_CLAIMS))


def _lease_is_over(now: datetime) -> ColumnElement[bool]:
    return and_(_M.state == OutboxState.SENDING, _M.lease_until < now)
