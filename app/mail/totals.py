"""How many attempts ended how and how long they took: counters that outlive the attempts.

A row for each server, outcome and class of duration; one attempt adds one to one row.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, select, update
from sqlalchemy.exc import IntegrityError

from app.core import transaction
from app.extensions import db
from app.mail.models import AttemptTotal

BOUNDS_MS = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000)
BEYOND = 2**31 - 1
_T = AttemptTotal
# The plain table: the way through the mapper costs more than the statement itself.
_TABLE = cast(Table, AttemptTotal.__table__)
_TABLE = cast(Table, AttemptTotal.__table__)


def count(attempt: Mapping[str, Any]) -> None:
    """Count an attempt in the caller's transaction; best last, for all workers share the row."""
    duration_ms = int(attempt["duration_ms"])
    key = (str(attempt["server"]), str(attempt["outcome"]), _bound(duration_ms))
    if _add(key, duration_ms):
        return
    try:
        with db.session.begin_nested():
            server, outcome, bound = key
            row = _T(server=server, outcome=outcome, at_most_ms=bound, count=0, total_ms=0)
            db.session.add(row)
    except IntegrityError:
        pass  # another worker made the row in between
    _add(key, duration_ms)


def all_totals() -> list[AttemptTotal]:
    """Return every counter there is: some tens of rows."""
    return list(db.session.scalars(select(_T).order_by(_T.server, _T.outcome, _T.at_most_ms)))


def _add(key: tuple[str, str, int], duration_ms: int) -> bool:
    server, outcome, bound = key
    columns = _TABLE.c
    statement = (
        update(_TABLE)
        .where(columns.server == server, columns.outcome == outcome, columns.at_most_ms == bound)
        .values(count=columns.count + 1, total_ms=columns.total_ms + duration_ms)
    )
    return transaction.changed(statement) == 1


def _bound(duration_ms: int) -> int:
    return next((bound for bound in BOUNDS_MS if duration_ms <= bound), BEYOND)
