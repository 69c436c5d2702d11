"""The read side of the audit, newest first: as quick with a million entries as with none.

Every question becomes some narrow ones, each answered by one index in the order of the numbers,
and the answers are laid together. Numbers grow with time, so a day is a stretch of numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, false, func, select, union_all

from app.core import pagination, transaction
from app.core.audit import Actor, AuditEntry, record
from app.core.pagination import Cursor, Page
from app.extensions import db

EXPORTED_AT_MOST: Final = 100_000
# So much later than an entry with a higher number one may have been written.
_SLACK: Final = timedelta(hours=1)
_AT_ONCE: Final = 500
_E = AuditEntry


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries are asked for; what is empty does not matter, None matches everybody."""

    events: tuple[str, ...] = ()
    actors: tuple[str, ...] | None = None
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None


def newest(filters: Filters, cursor: Cursor | None = None) -> Page[AuditEntry]:
    """Return the page of the audit that begins at the cursor, by default the newest."""
    branches = _branches(filters)

    def nearest(place: Cursor | None, limit: int) -> Sequence[AuditEntry]:
        return _entries(branches, place, limit)

    return pagination.page_by(nearest, cursor)


def every(filters: Filters) -> Iterator[AuditEntry]:
    """Give what matches, newest first, a few at a time, up to `EXPORTED_AT_MOST`."""
    branches, place, given = _branches(filters), None, 0
    while given < EXPORTED_AT_MOST:
        portion = _entries(branches, place, _AT_ONCE)
        yield from portion
        db.session.expunge_all()
        db.session.commit()
        if len(portion) < _AT_ONCE:
            return
        given, place = given + len(portion), Cursor(portion[-1].id)


def note_export(wanted: dict[str, str], actor: Actor) -> None:
    """Write down that somebody took what matches out of the system; commit."""
    transaction.begin()
    record("audit.exported", actor=actor, target="audit", details=wanted)
    db.session.commit()


def _entries(
    branches: Sequence[Sequence[ColumnElement[bool]]], place: Cursor | None, limit: int
) -> Sequence[AuditEntry]:
    """Ask each branch for its first entries from the place on, and take the first of all."""
    if not branches:
        return []
    upwards = place is not None and place.newer
    order = _E.id if upwards else _E.id.desc()
    asked = [_narrow(one, place).order_by(order).limit(limit).subquery() for one in branches]
    found = union_all(*(select(one) for one in asked)).subquery()
    entries = select(_E).where(_E.id.in_(select(found.c.id))).order_by(order).limit(limit)
    return db.session.scalars(entries).all()


def _narrow(conditions: Sequence[ColumnElement[bool]], place: Cursor | None) -> Select[Any]:
    narrow = select(_E.id).where(*conditions)
    if place is None:
        return narrow
    return narrow.where(_E.id > place.number if place.newer else _E.id < place.number)


def _branches(filters: Filters) -> list[list[ColumnElement[bool]]]:
    """Return the narrow questions of which the wide one consists."""
    period = _period(filters)
    if filters.target:
        return [[_E.target == filters.target, *_beside(filters), *period]]
    if filters.actors is not None:
        among = [[_E.event == event] for event in filters.events] or [[]]
        people = [[_E.actor == actor] for actor in filters.actors]
        return [[*who, *what, *period] for who, what in product(people, among)]
    if filters.events:
        return [[_E.event == event, *period] for event in filters.events]
    return [period]


def _beside(filters: Filters) -> list[ColumnElement[bool]]:
    """Return conditions on few rows, written so that no planner follows their index instead."""
    found: list[ColumnElement[bool]] = []
    if filters.events:
        found.append(func.coalesce(_E.event, "").in_(filters.events))
    if filters.actors is not None:
        found.append(func.coalesce(_E.actor, "").in_(filters.actors))
    return found


def _period(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the stretch of numbers of a time, and the time itself for its two ends."""
    at = func.coalesce(_E.at, _E.at)
    found: list[ColumnElement[bool]] = []
    if filters.since:
        after = select(_E.id).where(_E.at >= filters.since - _SLACK).order_by(_E.at).limit(1)
        first = db.session.scalar(after)
        found += [false()] if first is None else [_E.id >= first, at >= filters.since]
    if filters.until:
        before = select(_E.id).where(_E.at < filters.until + _SLACK)
        last = db.session.scalar(before.order_by(_E.at.desc()).limit(1))
        found += [false()] if last is None else [_E.id <= last, at < filters.until]
    return found
