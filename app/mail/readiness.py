"""Whether this installation is of use: does the database answer, does a worker live."""

from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError

from app.extensions import db
from app.mail import queries


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a monitor may know: parts, no addresses, no secrets."""

    database: str
    worker: str

    @property
    def is_ready(self) -> bool:
        """Tell whether both do their work."""
        return (self.database, self.worker) == ("reachable", "alive")


def readiness() -> Readiness:
    """Return which parts do their work now."""
    try:
        is_alive = queries.worker_alive()
    except (OperationalError, InterfaceError):
        db.session.rollback()
        return Readiness("unreachable", "unknown")
    return Readiness("reachable", "alive" if is_alive else "silent")
