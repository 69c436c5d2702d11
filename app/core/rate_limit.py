"""Limits that all processes share: a token bucket per limit and key, a row each.

A bucket holds `capacity` tokens and fills again over `per`. Taking one is a conditional update,
so two processes never take the same token.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Float, String, Table, bindparam, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.config import current_config
from app.core import clock, transaction
from app.core.columns import UtcDateTime
from app.core.prepared import Prepared, PreparedQuery
from app.extensions import Base, db

_TRIES = 20
# No limit fills up more slowly than this.
_OLD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `capacity` at once, and `capacity` more in every `per`."""

    name: str
    capacity: int
    per: timedelta

    def refilled(self, tokens: float, since: timedelta) -> float:
        """Return how many tokens a bucket holds after it has rested for `since`."""
        return min(float(self.capacity), tokens + self.capacity * (since / self.per))

    def wait(self, tokens: float) -> timedelta:
        """Return how long until the bucket holds a whole token."""
        return self.per * ((1 - tokens) / self.capacity)


# A limit, and the key of the bucket from which a token is wanted.
Wanted = tuple[Limit, str]


class RateBucket(Base):
    """How many tokens were left in one bucket when it was last touched."""

    __tablename__ = "rate_buckets"

    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    turn: Mapped[int] = mapped_column(default=0)


_BUCKETS = cast(Table, RateBucket.__table__)
_B = _BUCKETS.c
_THIS = _B.key == bindparam("bucket")
_LOOKING = PreparedQuery(select(_B.tokens, _B.touched_at, _B.turn).where(_THIS))
_OPENING = Prepared(insert(_BUCKETS))
_TOUCHING = Prepared(update(_BUCKETS).where(_THIS, _B.turn == bindparam("seen")))
_FULLER = case((_B.tokens + 1 < bindparam("most"), _B.tokens + 1), else_=bindparam("most"))
_GIVING_BACK = Prepared(update(_BUCKETS).where(_THIS).values(tokens=_FULLER, turn=_B.turn + 1))


class _Overtaken(Exception):
    """Somebody else has touched a bucket since it was looked at."""


def take(*wanted: Wanted) -> timedelta | None:
    """Take a token of each and return None, or return how long to wait for the next one.

    Ends with the first limit that has none; what was taken before stays taken. Commits at once, so
    that the count stands even when the deed that follows fails. Call it before any other work of
    the request.
    """
    return spend(*wanted) if current_config().rate_limits else None


def spend(*wanted: Wanted) -> timedelta | None:
    """Do what `take` does, also where the limits for visitors are switched off."""
    for _ in range(_TRIES):
        transaction.begin()
        try:
            waits = (_take_one(limit, _name(limit, key)) for limit, key in wanted)
            wait = next((wait for wait in waits if wait is not None), None)
        except (_Overtaken, IntegrityError):
            db.session.rollback()
            continue
        db.session.commit()
        return wait
    return timedelta(seconds=1)


def empty(limit: Limit, key: str) -> None:
    """Take all tokens there are, so that the next one has to grow first; commits at once."""
    transaction.begin()
    bucket = update(RateBucket).where(RateBucket.key == _name(limit, key))
    transaction.changed(bucket.values(tokens=0.0, touched_at=clock.now(), turn=RateBucket.turn + 1))
    db.session.commit()


def give_back(limit: Limit, key: str) -> None:
    """Return a token, in the caller's transaction, for a try that turned out well."""
    if not current_config().rate_limits:
        return
    bucket = {"bucket": _name(limit, key), "most": limit.capacity}
    _GIVING_BACK.run(db.session.connection(), bucket)


def _name(limit: Limit, key: str) -> str:
    return f"{limit.name}:{key}"[:400]


def _take_one(limit: Limit, key: str) -> timedelta | None:
    now = clock.now()
    found = transaction.ask(_LOOKING, {"bucket": key})
    left, touched_at, turn = found[0] if found else (limit.capacity, now, 0)
    tokens = limit.refilled(left, max(now - touched_at, timedelta(0)))
    if tokens < 1:
        return limit.wait(tokens)
    touched = {"tokens": tokens - 1, "touched_at": now, "turn": turn + 1}
    if not found:
        _OPENING.run(db.session.connection(), {"key": key, **touched})
    elif not _TOUCHING.run(db.session.connection(), {"bucket": key, "seen": turn, **touched}):
        raise _Overtaken
    return None


def forget() -> int:
    """Delete the buckets that are full again for certain; commit, and return how many."""
    transaction.begin()
    gone = transaction.changed(delete(RateBucket).where(RateBucket.touched_at < clock.now() - _OLD))
    db.session.commit()
    return gone
