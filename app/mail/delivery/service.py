"""The mail worker as it runs in a process: begin, end, and in between its sign of life."""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.mail.delivery import heartbeat
from app.mail.engine import engine
from app.mail.outbox import claims, owners

logger = logging.getLogger("peyk.worker")


class Service:
    """The worker of this process; it has one at most."""

    def __init__(self, app: Flask, threads: int) -> None:
        self._app = app
        self._threads = threads
        self._ended = threading.Event()
        self._heart = threading.Thread(
            target=heartbeat.keep_beating, args=(app, self._ended), name="heart", daemon=True
        )

    def start(self) -> str:
        """Begin to deliver and return a line that says who does."""
        with self._app.app_context():
            _take_back()
            engine.current().run(self._threads)
        self._heart.start()
        return f"worker {owners.own_name()} with {self._threads} threads"

    def stop(self) -> None:
        """Finish the messages in hand, give the rest back, take leave."""
        with self._app.app_context():
            engine.current().stop()
            self._ended.set()
            self._heart.join()
            heartbeat.leave()


def _take_back() -> None:
    """Free what a worker held that died here; when the database is away, leases will do it."""
    try:
        freed = claims.take_back()
    except SQLAlchemyError as error:
        db.session.rollback()
        logger.warning("database away", extra={"fields": {"error": type(error).__name__}})
    else:
        if freed:
            logger.warning("a worker had died", extra={"fields": {"taken_back": freed}})
