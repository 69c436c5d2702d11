"""What became of mail, counted by quarters of an hour: every zone begins its days at one of them.

Quarters that have passed are counted once, by a chore, into rows of their own; the last half
hour is counted each time from the attempts. A month is some thousand rows at most, however
much mail there was, and a verdict costs the worker nothing more. What no chore has counted yet,
after an upgrade for instance, no page counts either: it looks at the newest and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    case,
    delete,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.exc import IntegrityError

from app.core import clock, transaction
from app.extensions import db
from app.mail.models import DeliveryAttempt, MailQuarter, OutboxMessage
from app.mail.status import quarters
from app.mail.status.quarters import GIVEN_UP, QUARTER

# Verdicts are offered to the database for less than a minute; then nothing is added any more.
SETTLED = timedelta(minutes=5)
KEPT = timedelta(days=62)
_FIRST_LOOK = timedelta(days=31)
_NOTHING = (0, 0, 0, 0)
# So much is counted between two commits.
_AT_ONCE = timedelta(days=1)
# So many attempts, and so many mails that were given up, a page counts itself.
LIVE = 5_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Mail accepted by each server, rounds in which none took it, and mail that was given up."""

    by_primary: int = 0
    by_secondary: int = 0
    deferred: int = 0
    failed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.by_primary + other.by_primary,
            self.by_secondary + other.by_secondary,
            self.deferred + other.deferred,
            self.failed + other.failed,
        )

    @property
    def accepted(self) -> int:
        """Return how many mails a server took."""
        return self.by_primary + self.by_secondary

    @property
    def values(self) -> tuple[int, int, int, int]:
        """Return the four numbers in their order."""
        return self.by_primary, self.by_secondary, self.deferred, self.failed


@dataclass(frozen=True, slots=True)
class Traffic:
    """What happened from each moment to the next; something is missing when it is not whole."""

    counts: list[Counts]
    is_whole: bool


def between(starts: Sequence[datetime]) -> Traffic:
    """Return the sums from each of these moments to the next, the last until now: two queries.

    They come in order, and count from the next quarter of an hour.
    """
    ends: Sequence[Any] = transaction.run(_ends(starts[0])).one()
    known = max(ends[0] or starts[0], starts[0])
    live = max([known, *(cut for cut in ends[1:] if cut)])
    sums = [Counts()] * len(starts)
    for row in transaction.run(_sums(starts, live)):
        sums[row[0]] = Counts(*map(int, row[1:]))  # PostgreSQL makes decimals of sums
    return Traffic(sums, is_whole=live == known)


def roll_up() -> int:
    """Count the quarters that have passed since the last time, a day at a time; a chore.

    Commits each day. Returns how many quarters were written; another worker may do the rest.
    """
    until = quarters.beginning(quarters.of_moment(clock.now() - SETTLED))
    written = 0
    while more := _count_further(until):
        written += more
    return written


def _count_further(end: datetime) -> int:
    """Count the next day, at most until `end`; return how many quarters were written."""
    known = db.session.scalar(select(func.max(MailQuarter.ended_at)))
    begun = max(known or end - _FIRST_LOOK, end - _FIRST_LOOK)
    until = min(begun + _AT_ONCE, end)
    if begun >= until:
        db.session.rollback()
        return 0
    found = {row[0]: row[1:] for row in db.session.execute(quarters.counted(begun, until))}
    # The last one is written in any case: it says how far everything has been counted.
    last = quarters.of_moment(until) - 1
    rows = [_as_row(number, found.get(number, _NOTHING)) for number in sorted({*found, last})]
    return len(rows) if _write(rows, known) else 0


def forget_old() -> None:
    """Delete what no chart shows any more; commit. A chore."""
    old = delete(MailQuarter).where(MailQuarter.ended_at < clock.now() - KEPT)
    db.session.execute(old.execution_options(synchronize_session=False))
    db.session.commit()


def _write(rows: list[MailQuarter], known: datetime | None) -> bool:
    """Write the rows, unless another worker has counted meanwhile; commit."""
    transaction.begin()
    try:
        if db.session.scalar(select(func.max(MailQuarter.ended_at))) == known:
            db.session.add_all(rows)
            db.session.commit()
            return True
    except IntegrityError:
        pass
    db.session.rollback()
    return False


def _as_row(number: int, counts: Sequence[int]) -> MailQuarter:
    by_primary, by_secondary, deferred, failed = counts
    return MailQuarter(
        ended_at=quarters.beginning(number) + QUARTER,
        by_primary=by_primary,
        by_secondary=by_secondary,
        deferred=deferred,
        failed=failed,
    )


def _ends(start: datetime) -> Select[Any]:
    """Until when all is counted, and where what nobody has counted since becomes too much."""
    counted_until = func.max(MailQuarter.ended_at, type_=MailQuarter.ended_at.type)
    begun = select(func.coalesce(counted_until, literal(start, MailQuarter.ended_at.type)))
    ended = OutboxMessage.finished_at
    cuts = [
        _too_many(DeliveryAttempt.at, begun),
        *(_too_many(ended, begun, OutboxMessage.state == state) for state in GIVEN_UP),
    ]
    return select(select(counted_until).scalar_subquery()).add_columns(*cuts)


def _too_many(at: Any, begun: Select[Any], *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    """The moment of the first, counted from now back, that is too many; null when none is."""
    rows = select(at).where(*which, at >= begun.scalar_subquery())
    return rows.order_by(at.desc()).offset(LIVE).limit(1).scalar_subquery()


def _sums(starts: Sequence[datetime], live: datetime) -> Select[Any]:
    """The sums by the places of the starts: what was counted, and what happened since `live`."""
    numbers = list(map(quarters.next_to, starts))
    passed = select(
        (quarters.number_of(MailQuarter.ended_at) - 1).label("number"),
        MailQuarter.by_primary,
        MailQuarter.by_secondary,
        MailQuarter.deferred,
        MailQuarter.failed,
    ).where(MailQuarter.ended_at > starts[0])
    both = union_all(passed, select(quarters.counted(live, None).subquery())).subquery()
    backwards = [(both.c.number >= number, place) for place, number in enumerate(numbers)][::-1]
    placed = select(case(*backwards).label("place"), both).where(both.c.number >= numbers[0])
    found = placed.subquery()
    sums = (func.sum(found.c[one.name]) for one in fields(Counts))
    return select(found.c.place, *sums).group_by(found.c.place)
