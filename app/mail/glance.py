"""One look at mail for a page: the settings, both servers, what waits, the worker's sign of life.

All of it in one query, because every page of the panel asks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, func, literal, select, true, union_all

from app.extensions import db
from app.mail import breaker, conditions, models, server_rows, servers
from app.mail.breaker import State
from app.mail.conditions import Condition
from app.mail.models import OutboxMessage, Role, ServerHealth, SmtpServer, WorkerHeartbeat
from app.mail.server_settings import MailSettings
from app.mail.statistics import WAITING

_ROLES = union_all(*(select(literal(role.value, String).label("role")) for role in Role)).subquery()
_WAITING = select(func.count()).where(OutboxMessage.state.in_(WAITING)).scalar_subquery()
_SEEN = select(func.max(WorkerHeartbeat.seen_at)).scalar_subquery()
_LOOK = (
    select(
        _ROLES.c.role,
        models.MailSettings,
        SmtpServer,
        ServerHealth,
        _WAITING.label("waiting"),
        _SEEN.label("seen_at"),
    )
    .select_from(_ROLES)
    .outerjoin(models.MailSettings, and_(true(), models.MailSettings.id == server_rows.ONLY))
    .outerjoin(SmtpServer, SmtpServer.role == _ROLES.c.role)
    .outerjoin(ServerHealth, ServerHealth.role == _ROLES.c.role)
)


@dataclass(frozen=True, slots=True)
class Glance:
    """How mail is set up and how it fares, as one moment saw it."""

    settings: MailSettings
    conditions: Mapping[Role, Condition]
    waiting: int
    worker_seen_at: datetime | None

    def is_resting(self, role: Role) -> bool:
        """Tell whether the server is left alone at present."""
        return self.conditions[role].health.state is not State.CLOSED


def look() -> Glance:
    """Return how mail is set up and how it fares now."""
    found = {Role(row.role): row for row in db.session.execute(_LOOK)}
    any_row = found[Role.PRIMARY]
    stored = {role: row.SmtpServer for role, row in found.items()}
    settings = servers.of_rows(any_row.MailSettings, stored)
    return Glance(
        settings,
        {
            role: conditions.of_rows(settings, stored[role], breaker.of_row(role, row.ServerHealth))
            for role, row in found.items()
        },
        any_row.waiting,
        any_row.seen_at,
    )
