"""Tries of strangers at one account, from wherever: the more fail in a row, the longer they wait.

Only browsers that are not known to the account are counted here, so whoever makes them wait locks
out nobody but strangers; known names and unknown ones are counted alike.
"""

from datetime import timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.session_models import StrangerTries
from app.config import current_config
from app.core import clock, transaction
from app.core.prepared import Prepared, PreparedQuery
from app.extensions import db

FREE = 10
STEP = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
MOST = 100
CLOSED_FOR = timedelta(days=1)
_ROUNDS = 5
_T = cast(Table, StrangerTries.__table__)
_ITS = _T.c.account == bindparam("whose")
_LOOKING = PreparedQuery(
    select(_T.c.failures, _T.c.touched_at, _T.c.open_at).where(_ITS).with_for_update()
)
_BEGINNING = Prepared(insert(_T))
_COUNTING = Prepared(update(_T).where(_ITS))
_FORGIVING = Prepared(delete(_T).where(_ITS))


def wait_after(failures: int) -> timedelta:
    """Return how long strangers wait after so many failures in a row.

    The first ten are free. From then on every fifth closes the door, for twice as long each time:
    one more try never lengthens a wait, it takes five. After a hundred it stays closed for a day.
    """
    if failures >= MOST:
        return CLOSED_FOR
    if failures < FREE or failures % STEP:
        return timedelta(0)
    doubled: int = 2 ** ((failures - FREE) // STEP)
    return min(LONGEST_WAIT, FIRST_WAIT * doubled)


def take(account: str) -> timedelta | None:
    """Count a try as a failure before it is known, or return how long to wait; commit."""
    if not current_config().rate_limits:
        return None
    for _round in range(_ROUNDS):
        try:
            return _take(account)
        except IntegrityError:  # somebody else was the first at this account
            db.session.rollback()
    return timedelta(seconds=1)


def forgive(account: str) -> None:
    """Begin to count anew: the owner has come, in the caller's transaction."""
    _FORGIVING.run(db.session.connection(), {"whose": account})


def forget_old() -> int:
    """Delete what was counted before yesterday; commit, return how many."""
    transaction.begin()
    old = delete(_T).where(_T.c.touched_at < clock.now() - 2 * CLOSED_FOR)
    gone = transaction.changed(old)
    db.session.commit()
    return gone


def _take(account: str) -> timedelta | None:
    transaction.begin()
    now = clock.now()
    found = transaction.ask(_LOOKING, {"whose": account})
    failures, touched_at, open_at = found[0] if found else (0, now, now)
    if open_at > now:
        db.session.rollback()
        return cast(timedelta, open_at - now)
    is_new = failures >= MOST or now - touched_at > CLOSED_FOR
    failures = 1 if is_new else failures + 1
    counted = {"failures": failures, "touched_at": now, "open_at": now + wait_after(failures)}
    if found:
        _COUNTING.run(db.session.connection(), {"whose": account, **counted})
    else:
        _BEGINNING.run(db.session.connection(), {"account": account, **counted})
    db.session.commit()
    return None
