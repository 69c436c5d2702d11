"""The log of all mail, newest first: as quick with a million messages as with none.

Every question becomes some narrow ones, each answered by one index in the order of the numbers,
and the answers are laid together; nothing is sorted, counted or skipped on the way. Numbers grow
with time, so a day is a stretch of numbers, give or take the slack of a commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Column, ColumnElement, Select, Table, false, func, select, union_all

from app.core import pagination, transaction
from app.core.pagination import PAGE_SIZE, Cursor, Page
from app.mail.models import DeliveryAttempt, OutboxMessage, OutboxState, Role

COUNTED_TO = 1000
ADDRESSES_ASKED = 20
# So much later than a message with a higher number one may have been created.
_SLACK = timedelta(hours=1)
_MOST_KINDS = 40
_LAST_SIGN = "\U0010ffff"
# A page has many rows of which nothing is changed: bare tables, without the object layer.
_M: Final = cast(Table, OutboxMessage.__table__).c
_ATTEMPT_OF: Final = cast(Table, DeliveryAttempt.__table__).c.outbox_id
_TRIES = select(func.count()).where(_M.id == _ATTEMPT_OF).scalar_subquery()
_LINES: Final = select(_M.id, _M.recipient, _M.kind, _M.state, _M.last_server).add_columns(
    _M.created_at, _TRIES, _M.locale, _M.finished_at
)
_NUMBERS: Final = select(_M.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which messages are asked for; what is empty does not matter.

    `recipients` are the addresses without capitals of those who are looked for: None for
    everybody. `server` is the one that was asked last. `numbers` are single messages.
    """

    states: tuple[OutboxState, ...] = ()
    kinds: tuple[str, ...] = ()
    server: Role | None = None
    recipients: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    numbers: tuple[int, ...] | None = None


class Line(NamedTuple):
    """One message as the list shows it; `tries` is how often a server was asked.

    `state` is that of an `OutboxState`, `server` that of a `Role`, or empty: as they are stored.
    """

    id: int
    recipient: str
    kind: str
    state: str
    server: str | None
    created_at: datetime
    tries: int
    locale: str
    finished_at: datetime | None


_EVERYTHING: Final = pagination.Whole(_LINES, _M.id, Line._make)


def newest(filters: Filters, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page[Line]:
    """Return the page of the log that begins at the cursor, by default the newest."""
    if filters == Filters():
        return pagination.page_by(_EVERYTHING.nearest, cursor, size=size)
    branches = _branches(filters)

    def nearest(place: Cursor | None, limit: int) -> Sequence[Line]:
        if len(branches) == 1:
            return _read(_near(_LINES, branches[0], place, limit))
        found = lines(_numbers(branches, place, limit))
        return found[::-1] if place is not None and place.newer else found

    return pagination.page_by(nearest, cursor, size=size)


def numbers(filters: Filters, below: int | None, limit: int) -> list[int]:
    """Return the numbers of the newest messages below a number, newest first."""
    return _numbers(_branches(filters), Cursor(below) if below else None, limit)


def count(filters: Filters) -> int:
    """Return how many there are, counted until there are more than `COUNTED_TO`."""
    branches = _branches(filters)
    if not branches:
        return 0
    some = (_near(_NUMBERS, one, None, COUNTED_TO + 1).subquery() for one in branches)
    either = union_all(*(select(one) for one in some)).subquery()
    counted = select(func.count()).select_from(select(either).limit(COUNTED_TO + 1).subquery())
    return int(transaction.run(counted).scalar() or 0)


def lines(wanted: Sequence[int]) -> list[Line]:
    """Return these messages, newest first."""
    return _read(_LINES.where(_M.id.in_(wanted)).order_by(_M.id.desc()))


def lowest_number() -> int:
    """Return the number of the oldest message there is, or 0."""
    return int(transaction.run(select(func.min(_M.id))).scalar() or 0)


def addresses_beginning(text: str, limit: int = ADDRESSES_ASKED) -> list[str]:
    """Return the addresses in the log that begin so, without capitals; no more than the limit."""
    key, text = _M.recipient_key, text.lower()
    return _distinct(key, limit, (key >= text, key < text + _LAST_SIGN)) if text else []


def _numbers(
    branches: Sequence[Sequence[ColumnElement[bool]]], place: Cursor | None, limit: int
) -> list[int]:
    """Ask each branch for its first numbers from the place on, and take the first of all."""
    if not branches:
        return []
    upwards = place is not None and place.newer
    asked = [_near(_NUMBERS, one, place, limit).subquery() for one in branches]
    found = transaction.run(union_all(*(select(one) for one in asked))).scalars()
    return sorted(found, reverse=not upwards)[:limit]


def _near(
    wanted: Select[Any], conditions: Sequence[ColumnElement[bool]], place: Cursor | None, limit: int
) -> Select[Any]:
    """Narrow it to the first messages from the place on."""
    narrow = wanted.where(*conditions).limit(limit)
    if place is None:
        return narrow.order_by(_M.id.desc())
    if place.newer:
        return narrow.where(_M.id > place.number).order_by(_M.id)
    return narrow.where(_M.id < place.number).order_by(_M.id.desc())


def _read(wanted: Select[Any]) -> list[Line]:
    return [Line._make(row) for row in transaction.run(wanted)]


def _branches(filters: Filters) -> list[list[ColumnElement[bool]]]:
    """Return the narrow questions of which the wide one consists."""
    period = _period(filters)
    if filters.numbers is not None:
        return [[_M.id.in_(filters.numbers), *_beside(filters), *period]]
    if filters.recipients is not None:
        found = dict.fromkeys(filters.recipients)
        return [[_M.recipient_key == one, *_beside(filters), *period] for one in found]
    if not (filters.states or filters.kinds or filters.server):
        return [period]
    kinds = filters.kinds or _distinct(_M.kind, _MOST_KINDS)
    servers = [filters.server] if filters.server else [None, *Role]
    return [
        [_M.state == state, _M.kind == kind, _M.last_server == server, *period]
        for state, kind, server in product(filters.states or OutboxState, kinds, servers)
    ]


def _beside(filters: Filters) -> list[ColumnElement[bool]]:
    """Return conditions on few rows, written so that no planner follows their index instead."""
    found: list[ColumnElement[bool]] = []
    if filters.states:
        found.append(func.coalesce(_M.state, "").in_(filters.states))
    if filters.kinds:
        found.append(func.coalesce(_M.kind, "").in_(filters.kinds))
    if filters.server:
        found.append(func.coalesce(_M.last_server, "") == filters.server)
    return found


def _period(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the stretch of numbers of a time, and the time itself for its two ends."""
    created, at = _M.created_at, func.coalesce(_M.created_at, _M.created_at)
    found: list[ColumnElement[bool]] = []
    if filters.since:
        after = select(_M.id).where(created >= filters.since - _SLACK).order_by(created).limit(1)
        first = transaction.run(after).scalar()
        found += [false()] if first is None else [_M.id >= first, at >= filters.since]
    if filters.until:
        before = select(_M.id).where(created < filters.until + _SLACK)
        last = transaction.run(before.order_by(created.desc()).limit(1)).scalar()
        found += [false()] if last is None else [_M.id <= last, at < filters.until]
    return found


def _distinct(
    column: Column[str], limit: int, within: Sequence[ColumnElement[bool]] = ()
) -> list[str]:
    """Return the different values of a column in a range, leaping from one to the next."""
    first = select(column).where(*within).order_by(column).limit(1)
    steps = select(first.scalar_subquery().label("value")).cte("steps", recursive=True)
    beyond = select(column).where(column > steps.c.value, *within).order_by(column).limit(1)
    following = select(beyond.scalar_subquery()).where(steps.c.value.is_not(None))
    values = transaction.run(select(steps.union_all(following).c.value).limit(limit + 1))
    return [value for value in values.scalars() if value is not None][:limit]
