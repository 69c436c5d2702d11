"""Lists by key: a page begins where its neighbour ended; nothing is counted, nothing skipped.

The key is the number of a row, so the newest stands first and a page costs the same at any depth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core import transaction
from app.core.prepared import PreparedQuery, Row
from app.extensions import db

PAGE_SIZE: Final = 50


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: just below the row with this number, or just above it."""

    number: int
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows, newest first, and where the pages beside them begin."""

    items: Sequence[Item]
    newer: Cursor | None = None
    older: Cursor | None = None

    @property
    def is_only_one(self) -> bool:
        """Tell whether there is nothing before and nothing after."""
        return self.newer is None and self.older is None


def page_of(
    statement: Select[Any],
    key: InstrumentedAttribute[int],
    cursor: Cursor | None = None,
    *,
    size: int = PAGE_SIZE,
    fetch: Callable[[Select[Any]], Sequence[Any]] | None = None,
) -> Page[Item]:
    """Return the page of an unordered statement that begins at the cursor, by default the first.

    `fetch` turns the statement into rows that have an `id`; by default the statement selects one
    model.
    """
    read: Callable[[Select[Any]], Sequence[Any]] = fetch or _scalars

    def nearest(place: Cursor | None, limit: int) -> Sequence[Item]:
        if place is not None and place.newer:
            return read(statement.where(key > place.number).order_by(key).limit(limit))
        below = statement if place is None else statement.where(key < place.number)
        return read(below.order_by(key.desc()).limit(limit))

    return page_by(nearest, cursor, size=size)


def page_by(
    nearest: Callable[[Cursor | None, int], Sequence[Item]],
    cursor: Cursor | None = None,
    *,
    size: int = PAGE_SIZE,
) -> Page[Item]:
    """Return the page that begins at the cursor; `nearest` reads so many rows next to a place.

    Going up to where less than a page is left ends at the first page, always a full one.
    """
    if cursor is not None and cursor.newer:
        above = nearest(cursor, size + 1)
        if len(above) > size:
            shown: list[Any] = list(reversed(above[:size]))
            return Page(shown, Cursor(shown[0].id, newer=True), Cursor(shown[-1].id))
        cursor = None
    found = nearest(cursor, size + 1)
    shown = list(found[:size])
    return Page(
        shown,
        newer=Cursor(shown[0].id, newer=True) if cursor and shown else None,
        older=Cursor(shown[-1].id) if len(found) > size else None,
    )


class Whole(Generic[Item]):
    """A list as a whole, which people look at most: asked without being put together each time.

    The statement selects a NamedTuple, `make` makes it of a row.
    """

    def __init__(
        self, statement: Select[Any], key: ColumnElement[int], make: Callable[[Row], Item]
    ) -> None:
        limit, number = bindparam("limit", type_=Integer), bindparam("number", type_=Integer)
        below, above = statement.order_by(key.desc()).limit(limit), statement.order_by(key)
        self._first = PreparedQuery(below)
        self._below = PreparedQuery(below.where(key < number))
        self._above = PreparedQuery(above.where(key > number).limit(limit))
        self._make = make

    def nearest(self, place: Cursor | None, limit: int) -> list[Item]:
        """Return so many rows next to a place, as `page_by` wants them."""
        if place is None:
            found = transaction.ask(self._first, {"limit": limit})
        else:
            query = self._above if place.newer else self._below
            found = transaction.ask(query, {"limit": limit, "number": place.number})
        return [self._make(row) for row in found]


def counted(rows: Select[Any], most: int) -> ScalarSelect[int]:
    """Return how many rows there are, counted until there are more than `most`."""
    return select(func.count()).select_from(rows.limit(most + 1).subquery()).scalar_subquery()


def _scalars(statement: Select[Any]) -> Sequence[Any]:
    return db.session.scalars(statement).all()
