"""The alerts as they were written down: what is open, what ended lately. Only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, or_, select

from app.core import clock, transaction
from app.core.columns import UtcDateTime
from app.core.prepared import PreparedQuery
from app.extensions import db
from app.mail.alerts.conditions import Condition
from app.mail.models import MailAlert, Role

# More than that are not looked through for a page, however often a server comes and goes.
_MANY = 200


# Every page of the panel asks for it: put together once, and past the object layer.
_A: Final = cast(Table, MailAlert.__table__).c
_RECENT: Final = PreparedQuery(
    select(_A.id, _A.condition, _A.server, _A.since, _A.opened_at, _A.closed_at)
    .add_columns(_A.last_stage, _A.last_cause, _A.last_words)
    .where(or_(_A.closed_at.is_(None), _A.closed_at > bindparam("since", type_=UtcDateTime)))
    .order_by(_A.id.desc())
    .limit(_MANY)
)
# Asked after every turn of a worker.
_OPEN: Final = select(MailAlert).where(MailAlert.closed_at.is_(None)).order_by(MailAlert.id)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as a value: open as long as it has no end."""

    id: int
    condition: Condition
    role: Role | None
    since: datetime
    opened_at: datetime
    closed_at: datetime | None
    stage: str
    cause: str
    words: str

    @property
    def is_open(self) -> bool:
        """Tell whether it is so now."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Transition:
    """The beginning or the end of an alert."""

    at: datetime
    alert: Alert
    begins: bool


def still_open() -> list[Alert]:
    """Return what is so now, the oldest first."""
    return [_value(row) for row in open_rows()]


def recent(within: timedelta) -> list[Alert]:
    """Return the open alerts and those that ended within that time, the newest first."""
    rows = transaction.ask(_RECENT, {"since": clock.now() - within})
    return [_alert(*row) for row in rows]


def transitions(alerts: Sequence[Alert], within: timedelta, limit: int) -> list[Transition]:
    """Return the last beginnings and ends of those alerts, the newest first."""
    begun = [Transition(alert.opened_at, alert, True) for alert in alerts]
    ended = [Transition(alert.closed_at, alert, False) for alert in alerts if alert.closed_at]
    oldest = clock.now() - within
    found = [one for one in (*begun, *ended) if one.at > oldest]
    return sorted(found, key=lambda one: (one.at, one.alert.id), reverse=True)[:limit]


def open_rows() -> list[MailAlert]:
    """Return the rows of what is so now, the oldest first."""
    return list(db.session.scalars(_OPEN))


def _value(row: MailAlert) -> Alert:
    times = row.since, row.opened_at, row.closed_at
    said = row.last_stage, row.last_cause, row.last_words
    return _alert(row.id, row.condition, row.server, *times, *said)


def _alert(number: int, condition: str, server: str, *values: Any) -> Alert:
    return Alert(number, Condition(condition), Role(server) if server else None, *values)
