"""The worker's side of the outbox: claim, renew, give back, take back.

Each function that commits is a short transaction of its own; none is open while a server is
spoken to. A message belongs to a worker for as long as its lease lasts; what a worker writes
about a message it no longer owns is refused (fencing).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Integer, Row, Table, and_, bindparam, or_, select, update

from app.core import clock, transaction
from app.extensions import db
from app.mail.kinds import MailRequest
from app.mail.models import OPEN_STATES, OutboxMessage, OutboxState, Role, ServerSlot
from app.mail.outbox import abandoned, owners

BATCH = 20
LEASE = timedelta(seconds=60)
# The bare table: what happens with every mail does without the object layer, and its statements
# are built once, because building one costs five times what executing it costs.
_T = cast(Table, OutboxMessage.__table__)
_SLOTS = cast(Table, ServerSlot.__table__)
# What only the row of a message that is still its worker's fulfils (fencing); see `whose`.
OWNED = and_(
    _T.c.id == bindparam("number"),
    _T.c.owner == bindparam("holder"),
    _T.c.state == OutboxState.SENDING,
)
_LEASE = select(_T.c.lease_until).where(OWNED)
# The candidates are chosen in a materialised CTE: without it the planner of PostgreSQL may run
# the inner query again and take more than it was asked for.
_DUE = (
    select(_T.c.id)
    .where(_T.c.state.in_(OPEN_STATES), _T.c.due_at <= bindparam("now"))
    .order_by(_T.c.due_at, _T.c.id)
    .limit(bindparam("size", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
# A message whose fate is unknown may be a duplicate from now on.
_TAKE = (
    update(_T)
    .where(_T.c.id.in_(select(_DUE.c.id)))
    .values(
        state=OutboxState.SENDING,
        owner=bindparam("holder"),
        lease_until=bindparam("until"),
        claims=_T.c.claims + 1,
        may_be_duplicate=or_(_T.c.may_be_duplicate, _T.c.state == OutboxState.UNKNOWN),
    )
    .returning(
        _T.c.id,
        _T.c.kind,
        _T.c.about,
        _T.c.recipient,
        _T.c.locale,
        _T.c.message_id,
        _T.c.rounds,
        _T.c.next_server,
        _T.c.unknown_server,
        _T.c.may_be_duplicate,
    )
)
_EXPIRE = (
    update(_T)
    .where(_T.c.state == OutboxState.QUEUED, _T.c.expires_at < bindparam("now"))
    .values(state=OutboxState.EXPIRED, finished_at=bindparam("now"))
)


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
    until: datetime

    @property
    def request(self) -> MailRequest:
        """Return what a kind of mail has to know to write this one."""
        return MailRequest(self.id, self.about, self.to, self.locale)


def claim(owner: str, size: int = BATCH) -> list[Claimed]:
    """Take up to `size` due messages for this worker, oldest first, and commit.

    First what no worker holds any more is taken back, and what is too old expires.
    """
    now = clock.now()
    until = now + LEASE
    with transaction.writing() as connection:
        abandoned.release_overdue(connection)
        connection.execute(_EXPIRE, {"now": now})
        values = {"now": now, "size": size, "holder": owner, "until": until}
        taken = connection.execute(_TAKE, values).all()
    return [_claimed(row, owner, until) for row in sorted(taken, key=lambda row: row.id)]


def renew(owner: str) -> int:
    """Prolong the lease of everything this worker holds; return how much that is."""
    held = update(_T).where(_T.c.owner == owner, _T.c.state == OutboxState.SENDING)
    with transaction.writing() as connection:
        return connection.execute(held.values(lease_until=clock.now() + LEASE)).rowcount


def still_owns(message: Claimed) -> bool:
    """Tell whether the lease of a message is still this worker's; asked before each server.

    Within the time for which it was claimed nobody else can have it, so the database is asked
    only after that, when the lease must have been renewed.
    """
    if clock.now() < message.until:
        return True
    lease = db.session.scalar(_LEASE, whose(message))
    db.session.commit()
    return lease is not None and lease > clock.now()


def whose(message: Claimed) -> dict[str, object]:
    """Return the values of `OWNED` for a message."""
    return {"number": message.id, "holder": message.owner}


def give_back(owner: str) -> int:
    """Return everything this worker still holds, unasked and uncharged; commit."""
    held = update(_T).where(_T.c.owner == owner, _T.c.state == OutboxState.SENDING)
    unasked = held.values(
        state=OutboxState.QUEUED, owner=None, lease_until=None, claims=_T.c.claims - 1
    )
    with transaction.writing() as connection:
        return connection.execute(unasked).rowcount


def tidy(*, may_expire: bool = True) -> None:
    """Do what comes before a claim where no server may be asked; commit.

    While mail is off nothing ages: what is held goes out when it is on again, however late.
    """
    with transaction.writing() as connection:
        abandoned.release_overdue(connection)
        if may_expire:
            connection.execute(_EXPIRE, {"now": clock.now()})


def take_back() -> int:
    """Free what workers of this machine held when they died, without awaiting the lease; commit."""
    with transaction.writing() as connection:
        holding = select(_T.c.owner).where(_T.c.state == OutboxState.SENDING)
        names = connection.scalars(holding.union(select(_SLOTS.c.owner)))
        dead = [name for name in names if name and owners.is_surely_dead(name)]
        freed = abandoned.release_of(connection, dead) if dead else 0
        slots = update(_SLOTS).where(_SLOTS.c.owner.in_(dead))
        connection.execute(slots.values(owner="", until=clock.now()))
    return freed


def _claimed(row: Row[Any], owner: str, until: datetime) -> Claimed:
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
        until=until,
    )
