"""News of alerts for the webhook: an outbox of its own, so that no news hangs on mail.

A notice is queued in the transaction that opens or closes its alert, and sent by a worker after
it. It keeps its delivery id over all tries; the end of an alert never overtakes its beginning.
"""

import json
import logging
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import aliased

from app.config import current_config
from app.core import clock, site, transaction
from app.extensions import db
from app.i18n import locales
from app.mail.alerts import webhook
from app.mail.alerts import words as alert_words
from app.mail.alerts.conditions import Condition
from app.mail.models import AlertNotice, MailAlert, Role
from app.mail.outbox import retry

logger = logging.getLogger("peyk.alerts")

Event = Literal["opened", "closed", "test"]
GIVEN_UP_AFTER = timedelta(hours=24)
LEASE = timedelta(seconds=60)
QUEUED, SENT, GIVEN_UP = "queued", "sent", "given_up"
_PANEL = "/system/"


@dataclass(frozen=True, slots=True)
class News:
    """What a notice says, as a value."""

    delivery_id: str
    event: Event
    condition: Condition | None
    role: Role | None
    since: datetime
    at: datetime

    def as_bytes(self) -> bytes:
        """Return the body of the POST: the same one with every try."""
        told = {
            "event": f"alert.{self.event}",
            "condition": self.condition,
            "server": self.role,
            "since": _moment(self.since),
            "at": _moment(self.at),
            "text": {code: self._text(code) for code in _languages()},
            "panel": current_config().public_url + _PANEL,
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def _text(self, code: str) -> str:
        words = alert_words.over if self.event == "closed" else alert_words.begun
        with locales.use(code):
            return str(words(self.condition, self.role) if self.condition else alert_words.TEST)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A notice that this worker may send now."""

    id: int
    tries: int
    created_at: datetime
    news: News


def queue(alert_id: int, event: Event) -> None:
    """Queue a notice in the caller's transaction, when there is somebody to tell."""
    if not site.current().webhook_url:
        return
    now = clock.now()
    db.session.add(
        AlertNotice(
            alert_id=alert_id,
            event=event,
            delivery_id=uuid.uuid4().hex,
            state=QUEUED,
            created_at=now,
            due_at=now,
            tries=0,
        )
    )


def send_due(stopping: threading.Event) -> None:
    """Send what is due, until one fails: a receiver that is away is not asked for each notice."""
    receiver = webhook.receiver()
    if receiver is None:
        return
    while not stopping.is_set() and (taken := _take()):
        answer = webhook.post(taken.news.as_bytes(), taken.news.delivery_id, receiver)
        _write_down(taken, answer)
        if not answer.is_yes:
            return


def send_test(to: webhook.Receiver | None = None) -> webhook.Answer:
    """Post a notice that says that it is a test, and return what the receiver answered."""
    now = clock.now()
    news = News(uuid.uuid4().hex, "test", None, None, now, now)
    return webhook.post(news.as_bytes(), news.delivery_id, to or webhook.receiver())


def _languages() -> Iterator[str]:
    """The language of the site, and English for whoever reads the news of many systems."""
    return iter(dict.fromkeys((site.current().locale, "en")))


def _take() -> _Taken | None:
    """Take the next due notice for a minute; commit. One worker gets it."""
    found = db.session.execute(_next_due()).one_or_none()
    if found is None:
        db.session.commit()
        return None
    notice, alert = found
    # Read before the transaction ends: afterwards it may already be another worker's.
    seen = notice.due_at
    taken = _Taken(notice.id, notice.tries + 1, notice.created_at, _news(notice, alert))
    transaction.begin()
    mine = transaction.changed(
        update(AlertNotice)
        .where(AlertNotice.id == taken.id, AlertNotice.due_at == seen, AlertNotice.state == QUEUED)
        .values(due_at=clock.now() + LEASE, tries=taken.tries)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return taken if mine == 1 else None


def _next_due() -> Select[AlertNotice, MailAlert]:
    earlier = aliased(AlertNotice)
    overtakes = exists().where(
        earlier.alert_id == AlertNotice.alert_id,
        earlier.id < AlertNotice.id,
        earlier.state == QUEUED,
    )
    return (
        select(AlertNotice, MailAlert)
        .join(MailAlert, MailAlert.id == AlertNotice.alert_id)
        .where(AlertNotice.state == QUEUED, AlertNotice.due_at <= clock.now(), ~overtakes)
        .order_by(AlertNotice.id)
        .limit(1)
    )


def _news(notice: AlertNotice, alert: MailAlert) -> News:
    is_end = notice.event == "closed"
    return News(
        delivery_id=notice.delivery_id,
        event="closed" if is_end else "opened",
        condition=Condition(alert.condition),
        role=Role(alert.server) if alert.server else None,
        since=alert.since,
        at=alert.closed_at if is_end and alert.closed_at else alert.opened_at,
    )


def _write_down(taken: _Taken, answer: webhook.Answer) -> None:
    now = clock.now()
    due = retry.next_attempt_at(taken.tries, now, 0.5)
    state = SENT if answer.is_yes else QUEUED
    if state == QUEUED and due > taken.created_at + GIVEN_UP_AFTER:
        state = GIVEN_UP
    transaction.begin()
    transaction.changed(
        update(AlertNotice)
        .where(AlertNotice.id == taken.id)
        .values(state=state, due_at=due, finished_at=None if state == QUEUED else now)
    )
    db.session.commit()
    _log(taken, answer, state)


def _log(taken: _Taken, answer: webhook.Answer, state: str) -> None:
    fields = {
        "delivery": taken.news.delivery_id,
        "event": taken.news.event,
        "condition": taken.news.condition,
        "answer": str(answer),
        "tries": taken.tries,
        "state": state,
    }
    level = {SENT: logging.INFO, QUEUED: logging.WARNING, GIVEN_UP: logging.ERROR}[state]
    logger.log(level, "alert notice", extra={"fields": fields})


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")
