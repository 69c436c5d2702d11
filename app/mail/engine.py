"""The port to the task engine: it only says "go and look", it never carries a message.

Huey keeps its tasks in a file of its own (or in Redis); losing that store loses nothing, because
the outbox is the queue, and a sweep looks into it every minute whatever else happens.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app
from huey import MemoryHuey, RedisHuey, SqliteHuey, crontab
from huey.api import Huey
from huey.exceptions import HueyException
from redis.exceptions import RedisError

from app.config import Config
from app.core import clock

logger = logging.getLogger("peyk.engine")

# What is due later than this is left to the sweep.
SWEEP = timedelta(minutes=1)
Work = Callable[[threading.Event], datetime | None]
Chore = Callable[[], object]


class Engine:
    """Starts, wakes and times the workers."""

    def __init__(self, app: Flask, huey: Huey, work: Work, chores: Iterable[Chore]) -> None:
        self.huey = huey
        self.stopping = threading.Event()
        self._app = app
        self._work = work
        self._chores = tuple(chores)
        self._go = huey.task(name="go")(self._run)
        huey.periodic_task(crontab(minute="*"), name="sweep")(self._run)
        huey.periodic_task(crontab(minute="7"), name="chores")(self._do_chores)

    def wake(self) -> None:
        """Ask a worker to look into the outbox now. Best effort: the sweep repairs a loss."""
        self._enqueue(self._go)

    def wake_at(self, moment: datetime) -> None:
        """Ask a worker to look at that moment, unless the sweep comes soon enough."""
        delay = (moment - clock.now()).total_seconds()
        if delay < SWEEP.total_seconds():
            self._enqueue(lambda: self._go.schedule(delay=max(delay, 0.05)))

    def run(self, threads: int) -> Any:
        """Start the workers of this process and return the consumer, which has a stop()."""
        consumer = self.huey.create_consumer(
            workers=threads, initial_delay=0.1, max_delay=0.5, check_worker_health=True
        )
        consumer.start()
        self.wake()
        return consumer

    def _run(self) -> None:
        if self.stopping.is_set():
            return
        with self._app.app_context():
            due = self._work(self.stopping)
        if due is not None and not self.stopping.is_set():
            self.wake_at(due)

    def _do_chores(self) -> None:
        with self._app.app_context():
            for chore in self._chores:
                chore()

    def _enqueue(self, enqueue: Callable[[], object]) -> None:
        try:
            enqueue()
        except (HueyException, RedisError, sqlite3.Error, OSError) as error:
            logger.warning(
                "wake-up lost, the sweep will repair it",
                extra={"fields": {"error": type(error).__name__}},
            )


def init_app(app: Flask, config: Config, work: Work, chores: Iterable[Chore]) -> None:
    """Give the application its engine.

    `work` empties the outbox and says when to look again; `chores` are done once an hour.
    """
    app.extensions["peyk.engine"] = Engine(app, _huey(config), work, chores)


def current() -> Engine:
    """Return the engine of the present application."""
    return cast(Engine, current_app.extensions["peyk.engine"])


def wake() -> None:
    """Ask a worker to look into the outbox; called after a commit."""
    current().wake()


def _huey(config: Config) -> Huey:
    if config.mode == "testing":
        return MemoryHuey("peyk", results=False)
    if config.redis_url:
        return RedisHuey("peyk", url=config.redis_url, results=False)
    return SqliteHuey("peyk", filename=str(config.instance_path / "engine.sqlite3"), results=False)
