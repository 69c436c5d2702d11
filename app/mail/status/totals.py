"""How many attempts ended how and how long they took: counters that outlive the attempts.

A row for each server, outcome and class of duration. All workers share these rows, and who changes
one keeps the others waiting until its commit. So a worker counts for itself and adds what it has
every second; when it is killed, a second of counting is what is missing, and no mail.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app.core import transaction
from app.extensions import db
from app.mail.models import AttemptTotal

logger = logging.getLogger("peyk.worker")

BOUNDS_MS = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000)
BEYOND = 2**31 - 1
INTERVAL = 1.0
_T = AttemptTotal
_COLUMNS = cast(Table, AttemptTotal.__table__).c
_ADD = (
    update(cast(Table, AttemptTotal.__table__))
    .where(
        _COLUMNS.server == bindparam("of_server"),
        _COLUMNS.outcome == bindparam("of_outcome"),
        _COLUMNS.at_most_ms == bindparam("of_bound"),
    )
    .values(
        count=_COLUMNS.count + bindparam("more"),
        total_ms=_COLUMNS.total_ms + bindparam("took_ms"),
    )
)
# Which counter: server, outcome, class of duration.
_Key = tuple[str, str, int]


class _Own(threading.local):
    """What the worker in this thread has counted and not written yet: how many, how long."""

    def __init__(self) -> None:
        self.counted: dict[_Key, tuple[int, int]] = {}
        self.written_at = time.monotonic()


_own = _Own()


def count(server: str, outcome: str, duration_ms: int) -> None:
    """Count an attempt that is written down; about once a second this commits."""
    key = str(server), str(outcome), _bound(duration_ms)
    many, took = _own.counted.get(key, (0, 0))
    _own.counted[key] = many + 1, took + duration_ms
    if time.monotonic() - _own.written_at > INTERVAL:
        write()


@contextmanager
def kept_for_a_turn() -> Iterator[None]:
    """Count for as long as the block lasts, and leave nothing unwritten."""
    _own.written_at = time.monotonic()
    try:
        yield
    finally:
        write()


def write() -> None:
    """Add what this thread has counted; commits. It waits when the database is away."""
    _own.written_at = time.monotonic()
    if not _own.counted:
        return
    try:
        transaction.begin()
        # In one order, so that no two workers wait for each other.
        for key, (many, took) in sorted(_own.counted.items()):
            _add(key, many, took)
        db.session.commit()
        _own.counted.clear()
    except SQLAlchemyError as error:
        db.session.rollback()
        logger.warning("attempts not counted", extra={"fields": {"error": type(error).__name__}})


def all_totals() -> list[AttemptTotal]:
    """Return every counter there is: some tens of rows."""
    return list(db.session.scalars(select(_T).order_by(_T.server, _T.outcome, _T.at_most_ms)))


def _add(key: _Key, many: int, took_ms: int) -> None:
    server, outcome, bound = key
    values = {"of_server": server, "of_outcome": outcome, "of_bound": bound}
    values |= {"more": many, "took_ms": took_ms}
    if transaction.run(_ADD, values).rowcount == 1:
        return
    try:
        with db.session.begin_nested():
            row = _T(server=server, outcome=outcome, at_most_ms=bound, count=0, total_ms=0)
            db.session.add(row)
    except IntegrityError:
        pass  # another worker made the row in between
    transaction.run(_ADD, values)


def _bound(duration_ms: int) -> int:
    return next((bound for bound in BOUNDS_MS if duration_ms <= bound), BEYOND)
