"""What became of mail, counted by quarters of an hour: every zone begins its days at one of them.

Quarters that have passed are counted once, by a chore, into rows of their own; the last one or two
hours are counted each time from the attempts. A month is some thousand rows at most, however
much mail there was, and a verdict costs the worker nothing more.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.exc import IntegrityError

from app.core import clock, transaction
from app.extensions import db
from app.mail.failover import Fate
from app.mail.models import DeliveryAttempt, MailQuarter, OutboxMessage, OutboxState, Role
from app.mail.replies import Outcome

QUARTER = timedelta(minutes=15)
# Verdicts are offered to the database for less than a minute; then nothing is added any more.
SETTLED = timedelta(minutes=5)
KEPT = timedelta(days=62)
_FIRST_LOOK = timedelta(days=31)
_SECONDS = int(QUARTER.total_seconds())
# Not a parameter: two of them in one statement are not the same to a GROUP BY.
_WRITTEN: ColumnElement[int] = literal_column(str(_SECONDS), Integer)
_NOBODY_TOOK_IT = (Fate.RETRY, Fate.UNKNOWN)
_GIVEN_UP = (OutboxState.FAILED, OutboxState.EXPIRED)


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
class Quarter:
    """The counts of one quarter of an hour."""

    begun: datetime
    counts: Counts


def since(start: datetime) -> list[Quarter]:
    """Return the quarters since then in which anything happened: one query."""
    rows = db.session.execute(_since(start))
    return [Quarter(_beginning(row.number), _counts(row)) for row in rows]


def summed(quarters: Sequence[Quarter], starts: Sequence[datetime]) -> list[Counts]:
    """Return the sums from each start to the next; what was before the first is left out."""
    sums = [Counts() for _start in starts]
    for quarter in quarters:
        if quarter.begun >= starts[0]:
            sums[bisect(starts, quarter.begun) - 1] += quarter.counts
    return sums


def roll_up() -> int:
    """Count the quarters that have passed since the last time, and commit; a chore."""
    until = _beginning(int((clock.now() - SETTLED).timestamp()) // _SECONDS)
    known = db.session.scalar(select(func.max(MailQuarter.ended_at)))
    begun = known or until - _FIRST_LOOK
    if begun >= until:
        db.session.rollback()
        return 0
    found = {row.number: row for row in db.session.execute(_counted(literal(begun, _UTC), until))}
    # The last one is written in any case: it says how far everything has been counted.
    last = int(until.timestamp()) // _SECONDS - 1
    rows = [_as_row(number, found.get(number)) for number in sorted({*found, last})]
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


def _as_row(number: int, counted: Row[Any] | None) -> MailQuarter:
    counts = _counts(counted) if counted else Counts()
    return MailQuarter(
        ended_at=_beginning(number) + QUARTER,
        by_primary=counts.by_primary,
        by_secondary=counts.by_secondary,
        deferred=counts.deferred,
        failed=counts.failed,
    )


def _counts(row: Row[Any]) -> Counts:
    """The numbers of a row; PostgreSQL makes decimals of sums."""
    return Counts(*map(int, row[1:]))


def _beginning(number: int) -> datetime:
    return datetime.fromtimestamp(number * _SECONDS, UTC)


_UTC = MailQuarter.ended_at.type


def _since(start: datetime) -> Select[Any]:
    """What was counted since then, and what happened after the last count."""
    counted_until = func.max(MailQuarter.ended_at, type_=_UTC)
    known = select(func.coalesce(counted_until, literal(start, _UTC))).scalar_subquery()
    passed = select(
        (_number(MailQuarter.ended_at) - 1).label("number"),
        MailQuarter.by_primary,
        MailQuarter.by_secondary,
        MailQuarter.deferred,
        MailQuarter.failed,
    ).where(MailQuarter.ended_at > start)
    live = _counted(known, None).subquery()
    both = union_all(passed, select(live).where(live.c.number >= start.timestamp() // _SECONDS))
    return select(both.subquery())


def _counted(start: ColumnElement[Any], until: datetime | None) -> Select[Any]:
    """The counts by quarter, from the attempts and the messages themselves."""
    at, ended = DeliveryAttempt.at, OutboxMessage.finished_at
    taken = DeliveryAttempt.outcome == Outcome.ACCEPTED
    asked = (
        select(
            _number(at).label("number"),
            _sum(and_(taken, DeliveryAttempt.server == Role.PRIMARY)).label("by_primary"),
            _sum(and_(taken, DeliveryAttempt.server == Role.SECONDARY)).label("by_secondary"),
            _sum(DeliveryAttempt.fate.in_(_NOBODY_TOOK_IT)).label("deferred"),
            literal(0).label("failed"),
        )
        .where(*_within(at, start, until))
        .group_by(_number(at))
    )
    given_up = (
        select(_number(ended), literal(0), literal(0), literal(0), func.count())
        .where(OutboxMessage.state.in_(_GIVEN_UP), *_within(ended, start, until))
        .group_by(_number(ended))
    )
    both = union_all(asked, given_up).subquery()
    sums = (func.sum(column).label(column.name) for column in list(both.c)[1:])
    return select(both.c.number, *sums).group_by(both.c.number)


def _within(at: Any, start: ColumnElement[Any], until: datetime | None) -> Iterator[Any]:
    yield at >= start
    if until is not None:
        yield at < until


def _number(at: Any) -> ColumnElement[int]:
    """The number of a quarter since 1970; each database has its own way to count seconds."""
    if db.engine.dialect.name == "sqlite":
        return cast(func.strftime("%s", at), Integer) // _WRITTEN
    return cast(func.floor(func.extract("epoch", at) / _WRITTEN), Integer)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
