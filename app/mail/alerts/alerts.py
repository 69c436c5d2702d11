"""Tell administrators once when something begins, and once when it is over.

What holds now is compared with the open alerts; only differences are written, in one transaction
with their audit entry and their notice for the webhook. Whoever looks may do it: each worker
after its turn, and the web for the one thing that no worker can notice, its own absence.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock, transaction
from app.extensions import db
from app.mail.alerts import conditions, notices
from app.mail.alerts.conditions import Condition, Facts, Judgement, Standing
from app.mail.alerts.records import Alert, open_rows
from app.mail.models import AlertReview, MailAlert
from app.mail.outbox import outbox
from app.mail.servers import breaker, connections, servers, stored
from app.mail.status import queries
from app.mail.status.queries import Overview, Situation

logger = logging.getLogger("peyk.alerts")

WEB_PAUSE = timedelta(minutes=1)
KEPT = timedelta(days=180)
_ROW = 1

# What the whole of mail is in, as the pages show it, and the alert that says the same.
BY_SITUATION = {
    Situation.NOT_SET_UP: Condition.NOT_SET_UP,
    Situation.OFF: Condition.SWITCHED_OFF,
    Situation.NO_ACTIVE_SERVER: Condition.NO_ACTIVE_SERVER,
    Situation.NO_SERVER_WORKS: Condition.BOTH_DOWN,
    Situation.NO_WORKER: Condition.NO_WORKER,
    Situation.SECONDARY_CARRIES: Condition.SECONDARY_CARRIES,
    Situation.SECONDARY_FAILS: Condition.SECONDARY_DOWN,
}


@dataclass(frozen=True, slots=True)
class _Changes:
    begun: Sequence[Standing]
    over: Sequence[MailAlert]

    def __bool__(self) -> bool:
        return bool(self.begun or self.over)


def review(*, by_worker: bool = False) -> None:
    """Open and close alerts as the facts demand; commit. Nothing is written without a change."""
    changes = _changes(by_worker=by_worker)
    db.session.commit()
    if changes:
        _write(by_worker=by_worker)


def notice(overview: Overview, told: Sequence[Alert]) -> None:
    """Review for the web, where a page saw what no alert says; one write a minute at most."""
    known = {alert.condition for alert in told if alert.is_open}
    expected = BY_SITUATION.get(overview.situation)
    is_told = expected in known if expected else not known & set(BY_SITUATION.values())
    # A situation that is not a disturbance says that a worker lives.
    is_over = Condition.NO_WORKER in known and not overview.is_disturbed
    if is_over or not is_told:
        is_due = not _reviewed_lately()
        db.session.commit()
        if is_due:
            review()


def forget_old() -> None:
    """Delete alerts that ended half a year ago; commit."""
    old = delete(MailAlert).where(MailAlert.closed_at < clock.now() - KEPT)
    db.session.execute(old.execution_options(synchronize_session=False))
    db.session.commit()


def _changes(*, by_worker: bool) -> _Changes:
    judgement = conditions.judge(_facts(by_worker=by_worker))
    rows = open_rows()
    return _Changes(_begun(judgement, rows), _over(judgement, rows))


def _begun(judgement: Judgement, rows: Sequence[MailAlert]) -> list[Standing]:
    known = {(row.condition, row.server) for row in rows}
    return [standing for standing in judgement.standing if standing.key not in known]


def _over(judgement: Judgement, rows: Sequence[MailAlert]) -> list[MailAlert]:
    holds = {standing.key for standing in judgement.standing}
    decided = judgement.decided
    return [
        row for row in rows if row.condition in decided and (row.condition, row.server) not in holds
    ]


def _facts(*, by_worker: bool) -> Facts:
    found = stored.read()
    settings = servers.of_rows(found.sender, found.servers)
    roles = connections.active_roles(settings)
    return Facts(
        now=clock.now(),
        is_set_up=bool(settings.sender_address and any(one.host for one in settings.servers)),
        is_on=settings.smtp_active,
        servers=[breaker.of_row(role, found.health[role]) for role in roles],
        worker_alive=by_worker or queries.worker_alive(),
        due_since=outbox.next_due(),
        changed_at=settings.updated_at,
    )


def _write(*, by_worker: bool) -> None:
    """Look once more, alone, and write the differences; news is logged when it is stored."""
    transaction.begin()
    _take_turn()
    changes = _changes(by_worker=by_worker)
    for row in changes.over:
        _close(row)
    opened = [_open(standing) for standing in changes.begun]
    db.session.commit()
    for row in (*opened, *changes.over):
        _log(row)


def _take_turn() -> None:
    """Lock the one row of the reviews, for as long as the transaction lasts."""
    row = db.session.get(AlertReview, _ROW, with_for_update=True)
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(AlertReview(id=_ROW, at=clock.now()))
        except IntegrityError:
            pass
        row = db.session.get_one(AlertReview, _ROW, with_for_update=True)
    row.at = clock.now()


def _open(standing: Standing) -> MailAlert:
    row = MailAlert(
        condition=standing.condition,
        server=standing.role or "",
        since=standing.since,
        opened_at=clock.now(),
        last_stage=standing.stage,
        last_cause=standing.cause,
        last_words=standing.words,
    )
    db.session.add(row)
    db.session.flush()
    _tell(row, "opened")
    return row


def _close(row: MailAlert) -> None:
    row.closed_at = clock.now()
    _tell(row, "closed")


def _tell(row: MailAlert, event: notices.Event) -> None:
    """Write the audit entry and queue the notice, in the transaction of the change."""
    audit.record(
        f"mail_alert.{event}",
        actor=audit.SYSTEM,
        target=row.condition,
        details={"server": row.server} if row.server else {},
    )
    notices.queue(row.id, event)


def _log(row: MailAlert) -> None:
    level = logging.INFO if row.closed_at else logging.WARNING
    fields = {
        "condition": row.condition,
        "server": row.server,
        "since": row.since.isoformat(timespec="seconds"),
        "said": row.last_words[:200],
    }
    message = "alert closed" if row.closed_at else "alert opened"
    logger.log(level, message, extra={"fields": fields})


def _reviewed_lately() -> bool:
    row = db.session.get(AlertReview, _ROW)
    return row is not None and clock.now() - row.at < WEB_PAUSE
