"""How many attempts ended how and how long they took: counters that outlive the attempts.

A row for each server, outcome and class of duration; one attempt adds one to one row.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from app.core import transaction
from app.extensions import db
from app.mail.models import AttemptTotal

BOUNDS_MS = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000)
BEYOND = 2**31 - 1
_T = AttemptTotal
_COLUMNS = cast(Table, AttemptTotal.__table__).c
# Built once: to build a statement costs five times what it costs to execute it.
_ADD_ONE = (
    update(cast(Table, AttemptTotal.__table__))
    .where(
        _COLUMNS.server == bindparam("of_server"),
        _COLUMNS.outcome == bindparam("of_outcome"),
        _COLUMNS.at_most_ms == bindparam("of_bound"),
    )
    .values(count=_COLUMNS.count + 1, total_ms=_COLUMNS.total_ms + bindparam("took_ms"))
)


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
    values = {"of_server": server, "of_outcome": outcome, "of_bound": bound, "took_ms": duration_ms}
    return transaction.run(_ADD_ONE, values).rowcount == 1


def _bound(duration_ms: int) -> int:
    return next((bound for bound in BOUNDS_MS if duration_ms <= bound), BEYOND)
