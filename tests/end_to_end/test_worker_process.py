"""The worker as operators run it: a process of its own, a database file, a real server."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from flask import Flask

from app.accounts import registration
from app.accounts.registration import Registrant
from app.config import ROOT
from app.core import addresses, audit
from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState
from app.mail.status import queries
from tests import torture
from tests.installed import installed
from tests.postbox import Postbox
from tests.postgres import new_database
from tests.redis_server import temporary_redis
from tests.serving import use


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def place(request) -> Iterator[dict[str, str]]:
    """Where the engine keeps its wake-ups."""
    with ExitStack() as stack:
        if request.param == "redis":
            yield {"REDIS_URL": stack.enter_context(temporary_redis())}
        elif request.param == "postgresql":
            server = request.getfixturevalue("postgres_url")
            yield {"DATABASE_URL": stack.enter_context(new_database(server, "peyk_worker"))}
        else:
            yield {}


@pytest.fixture
def environment(tmp_path: Path, place: dict[str, str]) -> dict[str, str]:
    return torture.environment(tmp_path / "var", PEYK_LOG_LEVEL="INFO", **place)


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[Flask]:
    with installed(environment) as made:
        yield made


@pytest.fixture
def worker(app: Flask, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "mail", "worker"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    yield process
    if process.poll() is None:
        process.kill()
    process.stdout.close()
    process.wait()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        db.session.rollback()
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.05)


def test_a_woken_worker_delivers_and_sigterm_ends_it_cleanly(app, worker) -> None:
    with Postbox() as box:
        use(box)
        until(queries.worker_alive)
        address = addresses.parse("sara@example.com")
        sara = Registrant("سارا", address, "a long and good passphrase", "fa")
        registration.register(sara, audit.SYSTEM)
        until(lambda: _state() == OutboxState.SENT)
        assert "/activate/" in box.only().link()
    worker.send_signal(signal.SIGTERM)
    output, _nothing = worker.communicate(timeout=60)
    assert worker.returncode == 0, output
    assert "worker stopped" in output
    db.session.rollback()
    assert not queries.worker_alive()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_of_all_its_threads_only_the_one_that_waits_hears_sigterm(app, worker) -> None:
    until(lambda: _hearing(worker.pid, signal.SIGTERM) == {worker.pid})


def _hearing(process: int, number: signal.Signals) -> set[int]:
    """The threads that may be given a signal; one that ends meanwhile is none."""
    found = set()
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            status = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
            if not int(status["SigBlk"], 16) >> (number - 1) & 1:
                found.add(int(task.name))
    return found


def _state() -> str | None:
    return db.session.scalar(db.select(OutboxMessage.state))
