"""Deeds that take a while: few a minute for each person, and one at a time."""

from dataclasses import dataclass
from datetime import timedelta

from app.core import rate_limit, transaction
from app.core.rate_limit import Limit
from app.extensions import db

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns of one kind of deed; one that was never given back runs out after `longest`."""

    name: str
    per_minute: int
    longest: timedelta

    @property
    def runs(self) -> Limit:
        """Return how many may begin in a minute."""
        return Limit(self.name, self.per_minute, _MINUTE)

    @property
    def one(self) -> Limit:
        """Return the limit that lets only one run."""
        return Limit(f"{self.name}-turn", 1, self.longest)

    def take(self, key: str) -> timedelta | None:
        """Begin and return None, or return how long to wait; commits."""
        wait = rate_limit.take((self.one, key))
        if wait is not None:
            return wait
        wait = rate_limit.take((self.runs, key))
        if wait is not None:
            self.give_back(key)
        return wait

    def give_back(self, key: str) -> None:
        """Let the next one begin; commits."""
        transaction.begin()
        rate_limit.give_back(self.one, key)
        db.session.commit()
