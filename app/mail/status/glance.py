"""One look at mail for a page: the settings, both servers, what waits, the worker's sign of life.

All of it in one query, because every page of the panel asks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import String, Table, func, literal, select

from app.core import pagination, transaction
from app.core.prepared import PreparedQuery
from app.mail.models import OutboxMessage, Role, WorkerHeartbeat
from app.mail.server_settings import MailSettings
from app.mail.servers import breaker, conditions, servers, stored
from app.mail.servers.breaker import State
from app.mail.servers.conditions import Condition
from app.mail.status.statistics import WAITING

# So many waiting mails are counted; every page asks, and after a bad month a million may wait.
COUNTED_TO: Final = 10_000


_OUTBOX = cast(Table, OutboxMessage.__table__).c
_WORKERS = cast(Table, WorkerHeartbeat.__table__).c
_STATES = [literal(state.value, String) for state in WAITING]
_WAITING = pagination.counted(select(_OUTBOX.id).where(_OUTBOX.state.in_(_STATES)), COUNTED_TO)
_SEEN = select(func.max(_WORKERS.seen_at)).scalar_subquery()
_LOOK = PreparedQuery(stored.question(_WAITING, _SEEN))


@dataclass(frozen=True, slots=True)
class Glance:
    """How mail is set up and how it fares, as one moment saw it.

    `waiting` is counted until there are more than `COUNTED_TO`.
    """

    settings: MailSettings
    conditions: Mapping[Role, Condition]
    waiting: int
    worker_seen_at: datetime | None

    def is_resting(self, role: Role) -> bool:
        """Tell whether the server is left alone at present."""
        return self.conditions[role].health.state is not State.CLOSED


def look() -> Glance:
    """Return how mail is set up and how it fares now."""
    found, (waiting, seen_at) = stored.of_answer(transaction.ask(_LOOK))
    settings = servers.of_rows(found.sender, found.servers)
    judged = {
        role: conditions.of_rows(
            settings, found.servers[role], breaker.of_row(role, found.health[role])
        )
        for role in Role
    }
    return Glance(settings, judged, waiting, seen_at)
