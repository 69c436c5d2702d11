"""Whether this installation is of use: does the database answer, does a worker live."""

from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError

from app.config import current_config
from app.extensions import db
from app.mail.smtp import tls
from app.mail.status import queries


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a monitor may know: parts, no addresses, no secrets.

    `authorities` is the operator's file of certificates, without which no server can be verified.
    """

    database: str
    worker: str
    authorities: str = "usable"

    @property
    def is_ready(self) -> bool:
        """Tell whether all of them do their work."""
        parts = self.database, self.worker, self.authorities
        return parts == ("reachable", "alive", "usable")


def readiness() -> Readiness:
    """Return which parts do their work now."""
    authorities = "usable" if tls.can_read(current_config().smtp_ca_file) else "unreadable"
    try:
        is_alive = queries.worker_alive()
    except (OperationalError, InterfaceError):
        db.session.rollback()
        return Readiness("unreachable", "unknown", authorities)
    return Readiness("reachable", "alive" if is_alive else "silent", authorities)
