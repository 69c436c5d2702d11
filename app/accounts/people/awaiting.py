"""Who waits for the mail that lets them in: those whose newest mail no server has taken yet.

Whoever got the mail and has not opened it waits for nobody; whose mail was given up waits in vain.
Where very many wait, a page looks at some of them and says that there are more.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Final

from sqlalchemy import Select, and_, case, func, select, union_all
from sqlalchemy.orm import aliased

from app.accounts import registration
from app.accounts.models import PendingRegistration, User
from app.core import pagination
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.log.recipients import STATES, Fate
from app.mail.models import OutboxMessage, OutboxState

_KINDS = (registration.ACTIVATION, registration.INVITATION)
_IN_VAIN = STATES[Fate.FAILED]
_WITHOUT = STATES[Fate.WAITING] + _IN_VAIN
# So many mails in each state are looked at, and so many people are counted.
LOOKED_AT: Final = 100
COUNTED_TO: Final = 10_000


@dataclass(frozen=True, slots=True)
class Waiter:
    """One person, since when they wait, and whether in vain."""

    id: int
    name: str
    email: str
    since: datetime
    in_vain: bool


@dataclass(frozen=True, slots=True)
class Waiters:
    """How many wait, how many of them in vain, and those who have waited longest.

    Found among some of the mails when there are more than `most` in one state.
    """

    count: int = 0
    in_vain: int = 0
    first: tuple[Waiter, ...] = ()
    most: int = LOOKED_AT


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people there are, how many have yet to come in, and when the audit last grew.

    Counted until there are more than `COUNTED_TO`.
    """

    users: int
    pending: int
    audited_at: datetime | None


def longest(limit: int) -> Waiters:
    """Return who has waited longest, and how many wait: one query."""
    rows = db.session.execute(_waiting().limit(limit)).all()
    if not rows:
        return Waiters()
    first = tuple(Waiter(row.id, row.name, row.email, row.since, bool(row.vain)) for row in rows)
    return Waiters(rows[0].people, int(rows[0].in_vain), first, LOOKED_AT)


def figures() -> Figures:
    """Return the numbers of people: one query."""
    users = pagination.counted(select(User.id), COUNTED_TO)
    unknown = select(PendingRegistration.id).where(PendingRegistration.user_id.is_(None))
    audited = select(func.max(AuditEntry.at)).scalar_subquery()
    pending = pagination.counted(unknown, COUNTED_TO)
    row = db.session.execute(select(users, pending, audited)).one()
    return Figures(*row)


def _waiting() -> Select[Any]:
    mail, other = aliased(OutboxMessage), aliased(OutboxMessage)
    about = and_(other.kind.in_(_KINDS), other.about == PendingRegistration.id)
    newest = select(func.max(other.id)).where(about).scalar_subquery()
    had_one = select(other.id).where(about, other.state == OutboxState.SENT).exists()
    # Few mails are in these states, and an index knows them: nobody else has to be looked at.
    some = union_all(*(_some(state, kind) for state, kind in product(_WITHOUT, _KINDS)))
    asked = PendingRegistration.mail_requested_at
    since = case((had_one, asked), else_=PendingRegistration.created_at)
    vain = case((mail.state.in_(_IN_VAIN), 1), else_=0)
    return (
        select(
            PendingRegistration.id,
            PendingRegistration.name,
            PendingRegistration.email,
            since.label("since"),
            vain.label("vain"),
            func.count().over().label("people"),
            func.sum(vain).over().label("in_vain"),
        )
        .join(mail, mail.id == newest)
        .where(
            PendingRegistration.user_id.is_(None),
            PendingRegistration.id.in_(some),
            mail.state.in_(_WITHOUT),
        )
        .order_by("since", PendingRegistration.id)
    )


def _some(state: OutboxState, kind: str) -> Select[Any]:
    """What the mails are about that are in that state: some where there are very many."""
    about = select(OutboxMessage.about).where(
        OutboxMessage.state == state, OutboxMessage.kind == kind
    )
    return select(about.limit(LOOKED_AT + 1).subquery())
