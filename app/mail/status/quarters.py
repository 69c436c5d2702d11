"""What became of mail in each quarter of an hour, from the attempts and the messages themselves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SelectBase,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from app.extensions import db
from app.mail.diagnosis.replies import Outcome
from app.mail.models import DeliveryAttempt, OutboxMessage, OutboxState, Role
from app.mail.servers.failover import Fate

QUARTER = timedelta(minutes=15)
GIVEN_UP = (OutboxState.FAILED, OutboxState.EXPIRED)
_SECONDS = int(QUARTER.total_seconds())
# Not a parameter: two of them in one statement are not the same to a GROUP BY.
_WRITTEN: ColumnElement[int] = literal_column(str(_SECONDS), Integer)
Moment = datetime | ColumnElement[datetime]
# Says of a moment, a column, in which group it is counted.
Grouping = Callable[[Any], ColumnElement[int]]
_NOBODY_TOOK_IT = [literal(fate.value, String) for fate in (Fate.RETRY, Fate.UNKNOWN)]
_GIVEN_UP = [literal(state.value, String) for state in GIVEN_UP]


def of_moment(at: datetime) -> int:
    """Return the number of the quarter since 1970 in which a moment lies."""
    return int(at.timestamp()) // _SECONDS


def next_to(at: datetime) -> datetime:
    """Return where the first quarter begins that does not begin before a moment."""
    here = beginning(of_moment(at))
    return here if here == at else here + QUARTER


def beginning(number: int) -> datetime:
    """Return the moment at which a quarter begins."""
    return datetime.fromtimestamp(number * _SECONDS, UTC)


def counted(start: Moment, until: Moment | None, by: Grouping) -> Select[Any]:
    """The counts from the attempts and the messages themselves; a group may come twice."""
    at, ended = DeliveryAttempt.at, OutboxMessage.finished_at
    taken = DeliveryAttempt.outcome == Outcome.ACCEPTED
    asked = select(
        by(at).label("place"),
        _one(and_(taken, DeliveryAttempt.server == Role.PRIMARY)).label("by_primary"),
        _one(and_(taken, DeliveryAttempt.server == Role.SECONDARY)).label("by_secondary"),
        _one(DeliveryAttempt.fate.in_(_NOBODY_TOOK_IT)).label("deferred"),
        literal(0).label("failed"),
    ).where(*_within(at, start, until))
    given_up = select(
        by(ended).label("place"),
        literal(0).label("by_primary"),
        literal(0).label("by_secondary"),
        literal(0).label("deferred"),
        literal(1).label("failed"),
    ).where(OutboxMessage.state.in_(_GIVEN_UP), *_within(ended, start, until))
    both: Any = union_all(summed(asked), summed(given_up)).subquery()
    return select(both)


def summed(rows: SelectBase) -> Select[Any]:
    """The sums of such rows by their first column."""
    found = rows.subquery()
    place, *counts = found.c
    sums = (func.sum(column).label(column.name) for column in counts)
    return select(place, *sums).group_by(place)


def _within(at: Any, start: Moment, until: Moment | None) -> Iterator[Any]:
    yield at >= start
    if until is not None:
        yield at < until


def number_of(at: Any) -> ColumnElement[int]:
    """Return the number of a quarter since 1970; each database has its own way to count seconds."""
    if db.engine.dialect.name == "sqlite":
        return cast(func.strftime("%s", at), Integer) // _WRITTEN
    return cast(func.floor(func.extract("epoch", at) / _WRITTEN), Integer)


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
