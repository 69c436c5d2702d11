"""What became of mail in each quarter of an hour, from the attempts and the messages themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
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
_NOBODY_TOOK_IT = (Fate.RETRY, Fate.UNKNOWN)


def of_moment(at: datetime) -> int:
    """Return the number of the quarter since 1970 in which a moment lies."""
    return int(at.timestamp()) // _SECONDS


def next_to(at: datetime) -> int:
    """Return the number of the first quarter that does not begin before a moment."""
    return -(-int(at.timestamp() * 1_000_000) // (_SECONDS * 1_000_000))


def beginning(number: int) -> datetime:
    """Return the moment at which a quarter begins."""
    return datetime.fromtimestamp(number * _SECONDS, UTC)


def counted(start: datetime, until: datetime | None) -> Select[Any]:
    """The counts by quarter, from the attempts and the messages themselves."""
    at, ended = DeliveryAttempt.at, OutboxMessage.finished_at
    taken = DeliveryAttempt.outcome == Outcome.ACCEPTED
    asked = (
        select(
            number_of(at).label("number"),
            _sum(and_(taken, DeliveryAttempt.server == Role.PRIMARY)).label("by_primary"),
            _sum(and_(taken, DeliveryAttempt.server == Role.SECONDARY)).label("by_secondary"),
            _sum(DeliveryAttempt.fate.in_(_NOBODY_TOOK_IT)).label("deferred"),
            literal(0).label("failed"),
        )
        .where(*_within(at, start, until))
        .group_by(number_of(at))
    )
    given_up = (
        select(number_of(ended), literal(0), literal(0), literal(0), func.count())
        .where(OutboxMessage.state.in_(GIVEN_UP), *_within(ended, start, until))
        .group_by(number_of(ended))
    )
    both = union_all(asked, given_up).subquery()
    sums = (func.sum(column).label(column.name) for column in list(both.c)[1:])
    return select(both.c.number, *sums).group_by(both.c.number)


def _within(at: Any, start: datetime, until: datetime | None) -> Iterator[Any]:
    yield at >= start
    if until is not None:
        yield at < until


def number_of(at: Any) -> ColumnElement[int]:
    """Return the number of a quarter since 1970; each database has its own way to count seconds."""
    if db.engine.dialect.name == "sqlite":
        return cast(func.strftime("%s", at), Integer) // _WRITTEN
    return cast(func.floor(func.extract("epoch", at) / _WRITTEN), Integer)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
