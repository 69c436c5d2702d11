"""Two web processes and three workers on PostgreSQL and Redis, as docs/operators.md sets them up.

While people register, workers, Redis and PostgreSQL are killed in turn. Whoever was told that the
registration stands gets the mail.
"""

import itertools
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.config import ROOT
from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState, WorkerHeartbeat
from tests import torture
from tests.installed import installed
from tests.needs import missing
from tests.postbox import Postbox
from tests.postgres import PostgresMissing, PostgresServer, own_postgres
from tests.programs import free_port, wait_until
from tests.redis_server import RedisServer, own_redis
from tests.serving import use
from tests.visitor import Visitor

PASSWORD = "four words that nobody joins"
GUNICORN = ["gunicorn", "--workers=1", "--threads=2", "--worker-class=gthread"]
WORKER = ["flask", "--app", "tests.torture_app:hasty", "mail", "worker", "--threads", "1"]
# A wake-up that was lost is repaired by the next sweep.
SOON = 90


@dataclass
class Site:
    """The processes of an installation on several machines."""

    environment: Mapping[str, str]
    log: Path
    ports: tuple[int, ...]
    webs: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    # That many messages were in the hands of a worker, or of the database, when it was killed.
    interrupted: int = 0

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def start(self) -> None:
        """Start two panels and three workers, as systemd would."""
        for port in self.ports:
            bound = ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "wsgi:app"]
            self.webs.append(self._process([*GUNICORN, *bound]))
        self.workers = [self._process(WORKER) for _ in range(3)]

    def kill_a_worker(self) -> None:
        """Kill one with SIGKILL, and start another in its place, as systemd would."""
        victim = random.randrange(len(self.workers))
        self.workers[victim].kill()
        self.workers[victim].wait()
        self.workers[victim] = self._process(WORKER)
        self.interrupted += 1

    def stop(self) -> None:
        """Tell all of them to stop, and wait until they have."""
        for process in (*self.webs, *self.workers):
            process.terminate()
        for process in (*self.webs, *self.workers):
            process.wait(timeout=40)

    def _process(self, words: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
            )


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    try:
        with own_postgres(crashes=True) as server:
            yield server
    except PostgresMissing as sentence:
        missing(str(sentence))


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture
def environment(postgres: PostgresServer, redis: RedisServer, tmp_path: Path) -> dict[str, str]:
    stores = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
    hosts = {"PEYK_ALLOWED_HOSTS": "127.0.0.1", "PEYK_RATE_LIMITS": "off"}
    return torture.environment(tmp_path, **hosts, **stores)


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[Flask]:
    with installed(environment) as made:
        yield made


@pytest.fixture
def box(app: Flask) -> Iterator[Postbox]:
    """The mail server of the installation."""
    with Postbox(delay=torture.DELAY) as made:
        use(made)
        yield made


@pytest.fixture
def site(environment: dict[str, str], box: Postbox, tmp_path: Path) -> Iterator[Site]:
    made = Site(environment, tmp_path / "log", (free_port(), free_port()))
    made.start()
    try:
        wait_until(lambda: all(map(_answers, made.urls)), 60, "the panels did not answer")
        wait_until(lambda: _workers_alive() == 3, 60, "the workers did not start")
        yield made
    finally:
        made.stop()


@pytest.mark.timeout(400)
def test_whoever_registered_gets_the_mail_whatever_is_killed(site, box, postgres, redis) -> None:
    with ExitStack() as stack:
        told = stack.enter_context(_people_registering(site.urls))
        _more(told, box, 3)
        for _ in range(2):
            site.kill_a_worker()
            _more(told, box, 2)

        redis.stop(signal.SIGKILL)
        _more(told, box, 3)
        redis.start()
        _more(told, box, 2)

        postgres.stop(signal.SIGQUIT)
        site.interrupted += len(site.workers)
        assert all(map(_answers, site.urls)), "a panel died with its database"
        postgres.start()
        _more(told, box, 3)

    wait_until(lambda: not _waiting(), 2 * SOON, "mail was left over")
    got = Counter(received.mail["Message-ID"] for received in box.messages)
    assert not told - {received.recipient for received in box.messages}
    assert got.total() - len(got) <= site.interrupted
    assert [process.poll() for process in (*site.webs, *site.workers)] == [None] * 5


class _people_registering:  # noqa: N801  # it reads as what happens while the block lasts
    """People register one after the other, now here, now there, until the block ends."""

    def __init__(self, urls: list[str]) -> None:
        self._visitors = itertools.cycle([Visitor(url) for url in urls])
        self._ended = threading.Event()
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._register, name="people")

    def __enter__(self) -> set[str]:
        self._thread.start()
        return self._told

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _register(self) -> None:
        for number, visitor in enumerate(self._visitors):
            if self._ended.wait(0.3):
                return
            address = f"n{number}@example.com"
            form = {"name": "سارا", "email": address, "password": PASSWORD}
            try:
                form |= visitor.token("/register") | {"password_confirm": PASSWORD}
                visitor.page("/register", form)
            except OSError:
                continue  # it was not said that the registration stands
            self._told.add(address)


def _more(told: set[str], box: Postbox, count: int) -> None:
    """Wait until so many more people were told, and so many more mails have come."""
    people, mails = len(told) + count, len(box.messages) + count
    wait_until(lambda: len(told) >= people, SOON, "nobody could register")
    wait_until(lambda: len(box.messages) >= mails, 2 * SOON, "no mail came")


def _waiting() -> int:
    open_states = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)
    return _count(select(func.count()).where(OutboxMessage.state.in_(open_states)))


def _workers_alive() -> int:
    return _count(select(func.count()).select_from(WorkerHeartbeat))


def _count(statement) -> int:
    try:
        found = int(db.session.scalar(statement) or 0)
    except OperationalError:
        found = -1  # nobody knows
    db.session.rollback()
    return found


def _answers(url: str) -> bool:
    try:
        return bool(Visitor(url).page("/healthz"))
    except OSError:
        time.sleep(0.2)
        return False
