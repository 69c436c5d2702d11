"""Who did what, to what, when and from where.

Entries are only ever added; what strangers repeat in vain is counted in one, and goes in time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, Index, String, Table, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.columns import UtcDateTime
from app.core.prepared import Prepared
from app.extensions import Base, db

BROWSER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts: a person, the console, or the system itself; and with which browser."""

    user_id: int | None
    label: str
    ip: str = ""
    request_id: str = ""
    browser: str = ""

    def known_as(self, user_id: int, label: str) -> "Actor":
        """Return the same one, of whom it is known by now who it is."""
        return replace(self, user_id=user_id, label=label)


CONSOLE = Actor(None, "console")
SYSTEM = Actor(None, "system")


class AuditEntry(Base):
    """One line of the audit; `details` never holds a secret, only the word "changed"."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_event", "event", "id"),
        Index("ix_audit_entries_actor", "actor", "id"),
        Index("ix_audit_entries_actor_event", "actor", "event", "id"),
        Index("ix_audit_entries_target", "target", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(320))
    target: Mapped[str] = mapped_column(String(320))
    ip: Mapped[str] = mapped_column(String(45))
    request_id: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(BROWSER_LENGTH), default="", server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


_ADDING = Prepared(insert(cast(Table, AuditEntry.__table__)))


def record(
    event: str,
    *,
    actor: Actor,
    target: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Add an entry to the caller's transaction."""
    _ADDING.run(
        db.session.connection(),
        {
            "at": clock.now(),
            "event": event,
            "actor_id": actor.user_id,
            "actor": actor.label,
            "target": target,
            "ip": actor.ip,
            "request_id": actor.request_id,
            "browser": actor.browser[:BROWSER_LENGTH],
            "details": dict(details or {}),
        },
    )
