"""One look at mail for a page: the settings, both servers, what waits, the worker's sign of life.

All of it in one query, because every page of the panel asks for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final, cast

from sqlalchemy import String, Table, and_, func, literal, select, true, union_all

from app.core import pagination, transaction
from app.core.prepared import PreparedQuery
from app.extensions import Base
from app.mail import models
from app.mail.models import OutboxMessage, Role, ServerHealth, SmtpServer, WorkerHeartbeat
from app.mail.server_settings import MailSettings
from app.mail.servers import breaker, conditions, server_rows, servers
from app.mail.servers.breaker import State
from app.mail.servers.conditions import Condition
from app.mail.status.statistics import WAITING

# So many waiting mails are counted; every page asks, and after a bad month a million may wait.
COUNTED_TO: Final = 10_000


class _Rows:
    """A table whose rows stand beside those of others in one answer, without their objects.

    The object layer would cost more than the question itself.
    """

    def __init__(self, model: type[Base]) -> None:
        self.table = cast(Table, model.__table__)
        self.columns = [column.label(None) for column in self.table.columns]

    def of(self, values: Sequence[Any]) -> Any:
        """Return the row that these values are; None where the table has none."""
        if values[0] is None:
            return None
        return SimpleNamespace(**dict(zip(self.table.columns.keys(), values, strict=True)))


_SENDER: Final = _Rows(models.MailSettings)
_SERVER: Final = _Rows(SmtpServer)
_HEALTH: Final = _Rows(ServerHealth)
_ROLES = union_all(*(select(literal(role.value, String).label("role")) for role in Role)).subquery()
_OUTBOX = cast(Table, OutboxMessage.__table__).c
_WORKERS = cast(Table, WorkerHeartbeat.__table__).c
_STATES = [literal(state.value, String) for state in WAITING]
_WAITING = pagination.counted(select(_OUTBOX.id).where(_OUTBOX.state.in_(_STATES)), COUNTED_TO)
_SEEN = select(func.max(_WORKERS.seen_at)).scalar_subquery()
_LOOK = PreparedQuery(
    select(_ROLES.c.role, _WAITING, _SEEN, *_SENDER.columns, *_SERVER.columns, *_HEALTH.columns)
    .select_from(_ROLES)
    .outerjoin(_SENDER.table, and_(true(), _SENDER.table.c.id == server_rows.ONLY))
    .outerjoin(_SERVER.table, _SERVER.table.c.role == _ROLES.c.role)
    .outerjoin(_HEALTH.table, _HEALTH.table.c.role == _ROLES.c.role)
)


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
    answer: Sequence[Sequence[Any]] = transaction.ask(_LOOK)
    found = {Role(row[0]): row[1:] for row in answer}
    rows = {role: _rows_in(values) for role, (_waiting, _seen_at, *values) in found.items()}
    waiting, seen_at, *_values = found[Role.PRIMARY]
    sender, _server, _health = rows[Role.PRIMARY]
    settings = servers.of_rows(sender, {role: server for role, (_, server, _) in rows.items()})
    judged = {
        role: conditions.of_rows(settings, server, breaker.of_row(role, health))
        for role, (_sender, server, health) in rows.items()
    }
    return Glance(settings, judged, waiting, seen_at)


def _rows_in(values: Sequence[Any]) -> tuple[Any, Any, Any]:
    """The rows of the sender, of a server and of its health that lie side by side."""
    first, second = len(_SENDER.columns), len(_SENDER.columns) + len(_SERVER.columns)
    return (
        _SENDER.of(values[:first]),
        _SERVER.of(values[first:second]),
        _HEALTH.of(values[second:]),
    )
