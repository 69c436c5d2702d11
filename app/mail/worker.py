"""Claim, deliver, repeat; probe servers that rest; give the rest back when told to stop."""

import itertools
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app

from app.config import current_config
from app.core import clock, transaction
from app.extensions import db
from app.mail import breaker, claims, connections, delivery, outbox, replies, servers
from app.mail.models import Role, WorkerHeartbeat
from app.mail.trouble import ConversationFailed

logger = logging.getLogger("peyk.worker")

TURN = 20.0
RENEWAL = 15.0
HEARTBEAT = 15.0
AFTER_A_FAULT = timedelta(seconds=30)
NAME = f"{socket.gethostname()[:40]}:{os.getpid()}"
_turns = itertools.count(1)


def drain(stopping: threading.Event) -> datetime | None:
    """Deliver what is due, for a turn of at most 20 s; return when to look again."""
    claims.tidy()
    probe()
    owner = f"{NAME}/{next(_turns)}"
    ends = time.monotonic() + TURN
    with _kept_lease(owner):
        while not stopping.is_set() and time.monotonic() < ends and _may_send():
            batch = claims.claim(owner)
            if not batch:
                break
            for message in batch:
                if stopping.is_set():
                    break
                _deliver(message)
        claims.give_back(owner)
    return _next_look()


def probe() -> None:
    """Try the servers whose pause is over, without a message; one worker at a time does it."""
    settings = servers.current()
    db.session.commit()
    roles = connections.active_roles(settings)
    while role := breaker.take_probe(roles):
        _probe(role)


def beat() -> None:
    """Leave a sign of life of this process; commit."""
    now = clock.now()
    transaction.begin()
    row = db.session.get(WorkerHeartbeat, NAME)
    if row is None:
        db.session.add(WorkerHeartbeat(name=NAME, started_at=now, seen_at=now))
    else:
        row.seen_at = now
    db.session.commit()


def leave() -> None:
    """Take the sign of life away: this worker ended on purpose; commit."""
    transaction.begin()
    if row := db.session.get(WorkerHeartbeat, NAME):
        db.session.delete(row)
    db.session.commit()


def _may_send() -> bool:
    roles = connections.active_roles(servers.current())
    able = bool(breaker.usable(roles))
    db.session.commit()
    return able


def _deliver(message: claims.Claimed) -> None:
    """Deliver one message; one of the two outermost loops, so nothing gets past it."""
    try:
        delivery.deliver(message)
    except delivery.LeaseLost:
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
    due = max(claims.retry_at(rounds), clock.now() + AFTER_A_FAULT)
    claims.requeue(message, due, "fault", rounds, message.wanted)
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
        breaker.fail(role, replies.judge(trouble), trouble)
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


@contextmanager
def _kept_lease(owner: str) -> Iterator[None]:
    """Renew what `owner` holds every 15 s, for as long as the block lasts."""
    done = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def keep() -> None:
        while not done.wait(RENEWAL):
            with app.app_context():
                claims.renew(owner)

    keeper = threading.Thread(target=keep, name=f"lease {owner}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def keep_beating(app: Flask, stopped: threading.Event) -> None:
    """Leave a sign of life every 15 s until the worker has stopped."""
    while True:
        with app.app_context():
            beat()
        if stopped.wait(HEARTBEAT):
            return


def describe(consumer: Any) -> str:
    """Return one line that says what runs."""
    return f"worker {NAME} with {len(consumer.worker_threads)} threads"
