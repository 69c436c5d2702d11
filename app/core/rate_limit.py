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


def take(limit: Limit, key: str) -> timedelta | None:
    """Take one token and return None, or return how long to wait for the next one.

    Commits at once, so that the count stands even when the deed that follows fails. Call it
    before any other work of the request.
    """
    return spend(limit, key) if current_config().rate_limits else None


def spend(limit: Limit, key: str) -> timedelta | None:
    """Do what `take` does, also where the limits for visitors are switched off."""
    for _ in range(_TRIES):
        taken, wait = _try_to_take(limit, _name(limit, key))
        if taken:
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


def _try_to_take(limit: Limit, key: str) -> tuple[bool, timedelta | None]:
    transaction.begin()
    now = clock.now()
    found = transaction.ask(_LOOKING, {"bucket": key})
    if not found:
        return _open_bucket(limit, key, now), None
    left, touched_at, turn = found[0]
    tokens = limit.refilled(left, max(now - touched_at, timedelta(0)))
    if tokens < 1:
        db.session.rollback()
        return True, limit.wait(tokens)
    touched = _TOUCHING.run(
        db.session.connection(),
        {"bucket": key, "seen": turn, "tokens": tokens - 1, "touched_at": now, "turn": turn + 1},
    )
    db.session.commit()
    return touched == 1, None


def _open_bucket(limit: Limit, key: str, now: datetime) -> bool:
    try:
        _OPENING.run(
            db.session.connection(),
            {"key": key, "tokens": limit.capacity - 1.0, "touched_at": now, "turn": 0},
        )
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True


def forget() -> int:
    """Delete the buckets that are full again for certain; commit, and return how many."""
    transaction.begin()
    gone = transaction.changed(delete(RateBucket).where(RateBucket.touched_at < clock.now() - _OLD))
    db.session.commit()
    return gone
