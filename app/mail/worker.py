"""Claim, deliver, repeat; probe servers that rest; give the rest back when told to stop."""

import itertools
import logging
import threading
import time
from datetime import datetime, timedelta

from app.config import current_config
from app.core import clock, transaction
from app.extensions import db
from app.mail import (
    alert_notices,
    alerts,
    breaker,
    claims,
    connections,
    delivery,
    endings,
    engine,
    lease,
    outbox,
    owners,
    replies,
    servers,
)
from app.mail.circumstances import around_delivery
from app.mail.models import Role
from app.mail.records import LeaseLost
from app.mail.server_settings import MailSettings
from app.mail.trouble import ConversationFailed

logger = logging.getLogger("peyk.worker")

TURN = 20.0
FRESHNESS = 1.0
AFTER_A_FAULT = timedelta(seconds=30)
_turns = itertools.count(1)


def drain(stopping: threading.Event) -> datetime | None:
    """Deliver what is due, for a turn of at most 20 s; return when to look again."""
    claims.tidy()
    probe()
    owner = f"{owners.own_name()}/{next(_turns)}"
    ends = time.monotonic() + TURN
    with lease.kept(owner), connections.kept_for_a_turn():
        view = _View()
        while not stopping.is_set() and time.monotonic() < ends and view.may_send():
            batch = claims.claim(owner)
            if not batch:
                break
            if len(batch) == claims.BATCH:
                engine.wake()  # there may be more than one worker can do
            for message in batch:
                if stopping.is_set():
                    break
                _deliver(message, view.settings)
        claims.give_back(owner)
    alerts.review(by_worker=True)
    alert_notices.send_due(stopping)
    return _next_look()


def probe() -> None:
    """Try the servers whose pause is over, without a message; one worker at a time does it."""
    settings = servers.current()
    db.session.commit()
    roles = connections.active_roles(settings)
    while role := breaker.take_probe(roles):
        _probe(role)


class _View:
    """The settings as a worker sees them: never older than a second."""

    def __init__(self) -> None:
        self._read()

    @property
    def settings(self) -> MailSettings:
        if time.monotonic() - self._read_at > FRESHNESS:
            self._read()
        return self._settings

    def may_send(self) -> bool:
        able = bool(breaker.usable(connections.active_roles(self.settings)))
        db.session.commit()
        return able

    def _read(self) -> None:
        self._settings = servers.current()
        self._read_at = time.monotonic()
        db.session.commit()


def _deliver(message: claims.Claimed, settings: MailSettings) -> None:
    """Deliver one message; one of the two outermost loops, so nothing gets past it."""
    try:
        delivery.deliver(message, settings)
    except LeaseLost:
        db.session.rollback()
        logger.warning("lease lost", extra={"fields": {"outbox": message.id}})
    except Exception:
        db.session.rollback()
        logger.exception("delivery broke", extra={"fields": {"outbox": message.id}})
        _put_aside(message)


def _put_aside(message: claims.Claimed) -> None:
    """Keep a message that our own fault stopped; it comes back later, and counts as a round."""
    transaction.begin()
    rounds = message.rounds + 1
    due = max(endings.retry_at(rounds), clock.now() + AFTER_A_FAULT)
    endings.close(message, endings.put_back(due, "fault", rounds, message.wanted))
    db.session.commit()


def _probe(role: Role) -> None:
    server = servers.current().server(role)
    db.session.commit()
    try:
        with connections.session_with(server, current_config()) as session:
            session.open()
    except ConversationFailed as error:
        trouble = error.trouble
        transaction.begin()
        breaker.fail(role, replies.judge(trouble), trouble, around_delivery(server))
    else:
        transaction.begin()
        breaker.succeed(role)
    db.session.commit()
    state = breaker.health(role).state
    logger.info("probe", extra={"fields": {"server": role, "breaker": state}})


def _next_look() -> datetime | None:
    roles = connections.active_roles(servers.current())
    moments = [outbox.next_due()] if breaker.usable(roles) else []
    moments.append(breaker.earliest_probe(roles))
    db.session.commit()
    return min((moment for moment in moments if moment), default=None)
