"""The port to the task engine: it only says "go and look", it never carries a message.

Huey keeps its wake-ups in a store of its own (see `stores`). Losing that store, or its being away
for hours, loses nothing: the outbox is the queue, and every worker looks into it every 10 s by
itself, whatever else happens.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app
from huey import crontab
from huey.api import Huey
from sqlalchemy.exc import SQLAlchemyError

from app.config import Config
from app.core import clock
from app.extensions import db
from app.mail.engine import stores
from app.mail.engine.consumer import Consumer

logger = logging.getLogger("peyk.engine")

# What is due later than this is left to the sweep.
SWEEP = timedelta(seconds=10)
# For so many seconds a store that is away is not asked again: a page must not wait for it twice.
REST = 10.0
# That many are enough: whoever takes the next wake-up looks after all that came before, and what
# is taken up may be the chores.
ENOUGH = 2
_TICK = 1.0

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
        self._go = huey.task(name="go")(self._look)
        huey.periodic_task(crontab(minute="*/15"), name="chores")(self._do_chores)
        self._looked_at = time.monotonic()
        self._rests_until = 0.0
        self._planned: datetime | None = None
        self._consumer: Consumer | None = None
        self._sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)

    def wake(self) -> None:
        """Ask a worker to look into the outbox now. Best effort: the sweep repairs a loss."""
        self._try(self._go_soon)

    def wake_at(self, moment: datetime) -> None:
        """Ask a worker to look at that moment, unless the sweep comes soon enough."""
        now = clock.now()
        is_planned = self._planned is not None and now < self._planned <= moment
        if moment - now < SWEEP and not is_planned:
            self._planned = moment
            delay = max((moment - now).total_seconds(), 0.05)
            self._try(lambda: self.huey.add_schedule(self._go.s(delay=delay)))

    def run(self, threads: int) -> None:
        """Start the workers of this process."""
        self._consumer = Consumer(self.huey, workers=threads)
        self._consumer.start()
        self._sweeper.start()
        self.wake()

    def stop(self) -> None:
        """Let the workers of this process finish the message in hand; close the store."""
        self.stopping.set()
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            self._sweeper.join()
        self.huey.storage.close()

    def _go_soon(self) -> None:
        if self.huey.pending_count() < ENOUGH:
            self._go()

    def _look(self) -> None:
        if self.stopping.is_set():
            return
        self._looked_at = time.monotonic()
        with self._app.app_context():
            due = self._work(self.stopping)
        if due is not None and not self.stopping.is_set():
            self.wake_at(due)

    def _sweep(self) -> None:
        """Look when nobody has asked for a while; an outermost loop, so nothing ends it."""
        while not self.stopping.wait(min(_TICK, SWEEP.total_seconds())):
            if time.monotonic() - self._looked_at < SWEEP.total_seconds():
                continue
            try:
                self._look()
            except Exception:
                logger.exception("sweep broke")

    def _do_chores(self) -> None:
        with self._app.app_context():
            for chore in self._chores:
                if self.stopping.is_set():
                    return
                try:
                    chore()
                except SQLAlchemyError:
                    db.session.rollback()
                    logger.exception("chore broke")

    def _try(self, ask: Callable[[], object]) -> None:
        if time.monotonic() < self._rests_until:
            return
        try:
            ask()
        except stores.AWAY as error:
            self._rests_until = time.monotonic() + REST
            logger.warning(
                "wake-up lost, the sweep will repair it",
                extra={"fields": {"error": type(error).__name__}},
            )


def init_app(app: Flask, config: Config, work: Work, chores: Iterable[Chore]) -> None:
    """Give the application its engine.

    `work` empties the outbox and says when to look again; `chores` are done four times an hour.
    """
    app.extensions["peyk.engine"] = Engine(app, stores.store(config), work, chores)


def current() -> Engine:
    """Return the engine of the present application."""
    return cast(Engine, current_app.extensions["peyk.engine"])


def wake() -> None:
    """Ask a worker to look into the outbox; called after a commit."""
    current().wake()
