"""The engine over each of its stores: a file, Redis, PostgreSQL. It wakes, and it may be lost."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from redis import Redis
from sqlalchemy.exc import OperationalError

from app.config import Config
from app.core import clock
from app.mail.engine import engine, stores
from app.mail.engine.engine import Engine
from tests.conftest import SECRET_KEY
from tests.postbox import nobody
from tests.postgres import new_database
from tests.programs import wait_until
from tests.redis_server import temporary_redis


@dataclass
class Place:
    """A store: how Peyk is told to use it, and how an accident would empty it."""

    config: Config
    lose: Callable[[], object]


@dataclass
class Work:
    """What a worker would do, written down."""

    looks: list[float] = field(default_factory=list)
    due: list[datetime] = field(default_factory=list)

    def __call__(self, _stopping: threading.Event) -> datetime | None:
        self.looks.append(time.monotonic())
        return self.due.pop() if self.due else None

    def within(self, seconds: float, looks: int = 1) -> float:
        """Wait for so many further looks and return how long the last of them took."""
        began, wanted = time.monotonic(), len(self.looks) + looks
        wait_until(lambda: len(self.looks) >= wanted, seconds, "nobody looked")
        return self.looks[wanted - 1] - began


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A Redis for the tests of this module."""
    with temporary_redis() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "redis", "postgresql"])
def place(request, tmp_path_factory) -> Iterator[Place]:
    """Each store in turn."""
    plain = _plain(tmp_path_factory.mktemp("var"))
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = plain.instance_path / "engine.sqlite3"
            yield Place(plain, path.unlink)
        elif request.param == "redis":
            url = request.getfixturevalue("redis_url")
            yield Place(replace(plain, redis_url=url), Redis.from_url(url).flushdb)
        else:
            server = request.getfixturevalue("postgres_url")
            url = stack.enter_context(new_database(server, "peyk_engine"))
            yield Place(replace(plain, database_url=url), lambda: _drop_tables(url))


@pytest.fixture
def bare() -> Flask:
    """An application without anything: the work of these tests needs no database."""
    return Flask("engine")


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def make(place: Place, bare: Flask, work: Work) -> Iterator[Callable[[], Engine]]:
    """Make engines as different processes would, and stop them."""
    made: list[Engine] = []

    def another() -> Engine:
        made.append(Engine(bare, stores.store(place.config), work, ()))
        return made[-1]

    yield another
    for one in made:
        one.stop()


@pytest.fixture
def panel(make) -> Engine:
    """The engine of a web process: it wakes, and runs nothing."""
    return make()


@pytest.fixture
def running(make, work: Work) -> Engine:
    """The engine of a worker that has looked once, as each does at its start."""
    started = make()
    started.run(2)
    wait_until(lambda: bool(work.looks), 20, "the worker did not start")
    time.sleep(0.5)
    return started


@pytest.fixture
def soon(make) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Do something in a moment, beside the test; it is done before the engines are stopped."""
    begun: list[threading.Timer] = []

    def begin(deed: Callable[[], None]) -> None:
        begun.append(threading.Timer(0.05, deed))
        begun[-1].start()

    yield begin
    for one in begun:
        one.join()


@pytest.mark.usefixtures("running")
def test_a_wake_up_from_another_process_is_heard_within_a_second(panel, work, soon) -> None:
    for _ in range(3):
        soon(panel.wake)
        work.within(20)


def test_a_look_at_a_moment_happens_then(running, work) -> None:
    running.wake_at(clock.now() + timedelta(seconds=1))
    assert work.within(20) > 0.8


def test_the_worker_looks_again_when_its_work_says_so(running, panel, work, soon) -> None:
    work.due.append(clock.now() + timedelta(seconds=1))
    soon(panel.wake)
    work.within(20, looks=2)


def test_what_is_due_later_than_a_sweep_is_left_to_the_sweep(panel) -> None:
    panel.wake_at(clock.now() + timedelta(hours=1))
    panel.wake_at(clock.now() + timedelta(seconds=7))
    panel.wake_at(clock.now() + timedelta(seconds=8))
    assert panel.huey.scheduled_count() == 1
    panel.huey.storage.flush_schedule()


def test_the_sweep_repairs_a_lost_wake_up(running, work, monkeypatch) -> None:
    monkeypatch.setattr(engine, "SWEEP", timedelta(seconds=0.5))
    work.within(20)


@pytest.mark.usefixtures("running")
def test_a_lost_store_is_made_anew_and_wakes_again(place, panel, work) -> None:
    panel.wake()
    work.within(20)
    place.lose()
    time.sleep(1.5)
    panel.wake()
    work.within(20)


def test_wake_ups_that_nobody_hears_do_not_pile_up(panel) -> None:
    for _ in range(3 * engine.ENOUGH):
        panel.wake()
    assert panel.huey.pending_count() == engine.ENOUGH
    panel.huey.storage.flush_queue()


def test_a_stopped_worker_does_not_look_again(running, panel, work) -> None:
    running.stop()
    before = len(work.looks)
    panel.wake()
    time.sleep(1)
    assert len(work.looks) == before
    panel.huey.storage.flush_queue()


class _Dumb:
    """A server that accepts connections and never says a word: Redis, hanging."""

    def __enter__(self) -> int:
        self.listener = socket.create_server(("127.0.0.1", 0))
        return int(self.listener.getsockname()[1])

    def __exit__(self, *_error: object) -> None:
        self.listener.close()


@pytest.mark.parametrize("server", [nobody, _Dumb], ids=["dead", "hanging"])
def test_a_dead_or_hanging_redis_costs_a_page_a_moment_and_the_next_nothing(
    server, bare, tmp_path
) -> None:
    with server() as port:
        web = Engine(bare, _redis_store(port, tmp_path), Work(), ())
        assert _seconds(web.wake) < 1.5
        assert _seconds(web.wake) < 0.1


def test_a_worker_goes_on_looking_while_redis_is_dead(bare, work, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine, "SWEEP", timedelta(seconds=0.5))
    with nobody() as port:
        alone = Engine(bare, _redis_store(port, tmp_path), work, ())
        alone.run(1)
        work.within(20, looks=2)
        alone.stop()


def test_tables_that_cannot_be_made_leave_no_connection_open(
    postgres_url, tmp_path, monkeypatch
) -> None:
    storage = stores.store(replace(_plain(tmp_path), database_url=postgres_url)).storage
    opened = storage._connect()
    monkeypatch.setattr(storage, "_connect", lambda: opened)
    monkeypatch.setattr(storage, "ddl", ["create index on what_somebody_has_dropped (queue)"])
    with pytest.raises(psycopg.errors.UndefinedTable):
        _ = storage.conn
    assert opened.closed


def test_a_chore_that_breaks_does_not_keep_the_others_from_being_done(app) -> None:
    done: list[str] = []

    def broken() -> None:
        raise OperationalError("select", {}, Exception("away"))

    chores = (broken, lambda: done.append("it"))
    made = Engine(app, stores.store(app.extensions["peyk.config"]), Work(), chores)
    made._do_chores()
    assert done == ["it"]


def test_a_worker_that_is_told_to_stop_begins_no_other_chore(app) -> None:
    done: list[str] = []

    def told_to_stop() -> None:
        made.stopping.set()

    chores = (told_to_stop, lambda: done.append("it"))
    made = Engine(app, stores.store(app.extensions["peyk.config"]), Work(), chores)
    made._do_chores()
    assert not done


def _plain(folder: Path) -> Config:
    return Config(SECRET_KEY, "sqlite://", mode="development", instance_path=folder)


def _redis_store(port: int, folder: Path):
    return stores.store(replace(_plain(folder), redis_url=f"redis://127.0.0.1:{port}/0"))


def _seconds(deed: Callable[[], None]) -> float:
    began = time.monotonic()
    deed()
    return time.monotonic() - began


def _drop_tables(url: str) -> None:
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        for name in ("task", "schedule", "kv", "counter"):
            connection.execute(f"drop table engine_{name}")
