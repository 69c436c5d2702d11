"""The sign of life of the worker in this process."""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock, transaction
from app.extensions import db
from app.mail.models import WorkerHeartbeat
from app.mail.outbox import owners

logger = logging.getLogger("peyk.worker")

INTERVAL = 15.0


def beat() -> None:
    """Leave a sign of life of this process; commit."""
    now, name = clock.now(), owners.own_name()
    transaction.begin()
    row = db.session.get(WorkerHeartbeat, name)
    if row is None:
        db.session.add(WorkerHeartbeat(name=name, started_at=now, seen_at=now))
    else:
        row.seen_at = now
    db.session.commit()


def leave() -> None:
    """Take the sign of life away: this worker ended on purpose; commit."""
    transaction.begin()
    if row := db.session.get(WorkerHeartbeat, owners.own_name()):
        db.session.delete(row)
    db.session.commit()


def keep_beating(app: Flask, stopped: threading.Event) -> None:
    """Leave a sign of life every 15 s until the worker has stopped, also over a dead database."""
    while True:
        with app.app_context():
            _try_to_beat()
        if stopped.wait(INTERVAL):
            return


def _try_to_beat() -> None:
    try:
        beat()
    except SQLAlchemyError as error:
        db.session.rollback()
        logger.warning("no heartbeat", extra={"fields": {"error": type(error).__name__}})
