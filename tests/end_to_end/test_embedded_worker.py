"""The worker as a thread of the web process: one of them runs it, another takes over."""

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.accounts import registration
from app.accounts.registration import Registrant
from app.config import ROOT
from app.core import addresses, audit
from app.extensions import db
from app.mail.delivery import embedded
from app.mail.models import WorkerHeartbeat
from tests import torture
from tests.installed import installed
from tests.postbox import Postbox
from tests.programs import free_port, wait_until
from tests.serving import use


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    return torture.environment(tmp_path, PEYK_WORKER="thread")


@pytest.fixture
def app(variables) -> Iterator[Flask]:
    with installed(variables) as made:
        yield made


@pytest.fixture
def panel(app, variables, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Two web processes, and no worker of its own."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}"]
    command += ["--workers=2", "--threads=2", "--worker-class=gthread", "--no-control-socket"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "wsgi:app"], cwd=ROOT, env=variables, stdout=log, stderr=log
        )
    yield process
    process.terminate()
    process.wait(timeout=40)


def test_one_web_process_runs_the_worker_and_another_takes_over(panel, app) -> None:
    with Postbox() as box:
        use(box)
        wait_until(lambda: len(pids()) == 1, 60, "no web process runs the worker")
        (first,) = pids()
        register("sara@example.com")
        wait_until(lambda: len(box.messages) == 1, 40, "nothing was sent")
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: bool(pids() - {first}), 60, "no other process took over")
        register("omid@example.com")
        wait_until(lambda: len(box.messages) == 2, 40, "nothing more was sent")
    panel.terminate()
    panel.wait(timeout=40)
    assert pids() == {first}  # the other took leave


def test_the_lock_is_held_once_and_goes_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / embedded.LOCK
    held = embedded.locked(path)
    assert held
    assert embedded.locked(path) is None
    held.close()
    again = embedded.locked(path)
    assert again
    again.close()


def test_a_command_of_the_shell_runs_no_worker_and_compiles_no_page(variables, monkeypatch) -> None:
    for name, value in {**variables, "FLASK_RUN_FROM_CLI": "true"}.items():
        monkeypatch.setenv(name, value)
    made = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    assert not made.jinja_env.cache
    assert "worker" not in {thread.name for thread in threading.enumerate()}


def register(address: str) -> None:
    who = Registrant("سارا", addresses.parse(address), "a long and good passphrase", "fa")
    registration.register(who, audit.SYSTEM)


def pids() -> set[int]:
    """The processes that have left a sign of life as workers."""
    names = db.session.scalars(db.select(WorkerHeartbeat.name)).all()
    db.session.rollback()
    return {int(name.split(":")[1]) for name in names}
