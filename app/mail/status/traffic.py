"""What became of mail, counted by quarters of an hour: every zone begins its days at one of them.

Quarters that have passed are counted once, by a chore, into rows of their own; the last half
hour is counted each time from the attempts. A month is some thousand rows at most, however
much mail there was, and a verdict costs the worker nothing more. What no chore has counted yet,
after an upgrade for instance, no page counts either: it looks at the newest and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    case,
    delete,
    func,
    select,
    union_all,
)
from sqlalchemy.exc import IntegrityError

from app.core import clock, transaction
from app.core.columns import UtcDateTime
from app.core.prepared import PreparedQuery
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
    begun = [quarters.next_to(start) for start in starts]
    (ends,) = transaction.ask(_ENDS, {"start": begun[0], "most": LIVE})
    known = max(ends[0] or begun[0], begun[0])
    live = max([known, *(cut for cut in ends[1:] if cut)])
    sums = [Counts()] * len(starts)
    values = {f"start_{place}": start for place, start in enumerate(begun)}
    values |= {f"end_{place}": start + QUARTER for place, start in enumerate(begun)}
    for place, *counts in transaction.ask(_sums(len(starts)), {"live": live, **values}):
        sums[place] = Counts(*map(int, counts))  # PostgreSQL makes decimals of sums
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
    counted = quarters.summed(quarters.counted(begun, until, quarters.number_of))
    found = {row[0]: row[1:] for row in db.session.execute(counted)}
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


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime)


def _ends() -> Select[Any]:
    """Until when all is counted, and where what nobody has counted since becomes too much."""
    counted_until = func.max(MailQuarter.ended_at, type_=UtcDateTime)
    begun = select(func.coalesce(counted_until, _moment("start")))
    ended = OutboxMessage.finished_at
    cuts = [
        _too_many(DeliveryAttempt.at, begun),
        *(_too_many(ended, begun, OutboxMessage.state == state) for state in GIVEN_UP),
    ]
    return select(select(counted_until).scalar_subquery()).add_columns(*cuts)


def _too_many(at: Any, begun: Select[Any], *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    """The moment of the first, counted from now back, that is too many; null when none is."""
    rows = select(at).where(*which, at >= begun.scalar_subquery()).order_by(at.desc())
    return rows.offset(bindparam("most", type_=Integer)).limit(1).scalar_subquery()


_ENDS = PreparedQuery(_ends())


@cache
def _sums(count: int) -> PreparedQuery:
    """The sums by the places of so many starts: what was counted, and what happened since."""

    def place(at: Any, name: str = "start") -> ColumnElement[int]:
        backwards = range(count - 1, -1, -1)
        return case(*((at >= _moment(f"{name}_{number}"), number) for number in backwards))

    counts = (getattr(MailQuarter, one.name) for one in fields(Counts))
    passed = select(place(MailQuarter.ended_at, "end").label("place"), *counts)
    passed = passed.where(MailQuarter.ended_at >= _moment("end_0"))
    lately = quarters.counted(_moment("live"), None, place)
    return PreparedQuery(quarters.summed(select(union_all(passed, lately).subquery())))
