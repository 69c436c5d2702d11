"""What docs/operators.md tells operators to do, done: a restored backup, another key."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url

from app.config import ROOT, Config
from app.core import audit
from app.extensions import db
from app.mail.delivery import worker
from app.mail.engine import engine
from app.mail.models import Encryption
from app.mail.outbox import outbox
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from app.mail.servers import servers
from tests import torture, torture_app
from tests.postbox import Postbox
from tests.postgres import new_database, program

OLD_KEY, NEW_KEY = "the old key " * 4, "the new key " * 4
COPY = (
    "import sqlite3, sys; a, b = map(sqlite3.connect, sys.argv[1:]); a.backup(b); b.close(); "
    "a.close()"
)


@dataclass
class Store:
    """A database, and how an operator carries it over into an empty one."""

    settings: dict[str, str]
    other: dict[str, str]
    carry_over: Callable[[], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path: Path) -> Iterator[Store]:
    with ExitStack() as stack:
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_url")
            one = stack.enter_context(new_database(server, "peyk_before"))
            two = stack.enter_context(new_database(server, "peyk_after"))
            backup = tmp_path / "peyk.dump"
            yield Store(
                {"DATABASE_URL": one}, {"DATABASE_URL": two}, lambda: _by_dump(one, two, backup)
            )
        else:
            before, after = tmp_path / "before.sqlite3", tmp_path / "after.sqlite3"
            yield Store(
                {"DATABASE_URL": f"sqlite:///{before}"},
                {"DATABASE_URL": f"sqlite:///{after}"},
                lambda: _run(sys.executable, "-c", COPY, str(before), str(after)),
            )


def test_after_a_restore_into_an_empty_place_mail_goes_on(store: Store, tmp_path: Path) -> None:
    with Postbox(credentials=("me", "right")) as box:
        with installation(tmp_path / "one", **store.settings):
            upgrade()
            use(box, Secret("right"))
            send("sent before")
            work()
            assert received(box) == ["sent before@example.com"]
            send("waiting")
            store.carry_over()
        with installation(tmp_path / "two", **store.other):
            work()
            send("new")
            work()
        assert received(box) == [f"{who}@example.com" for who in ("sent before", "waiting", "new")]


def test_a_new_key_opens_what_the_old_one_sealed_and_a_save_lets_the_old_one_go(
    tmp_path: Path,
) -> None:
    with Postbox(credentials=("me", "right")) as box:
        with installation(tmp_path, SECRET_KEY=OLD_KEY):
            upgrade()
            use(box, Secret("right"))
        with installation(tmp_path, SECRET_KEY=NEW_KEY, SECRET_KEY_FALLBACKS=OLD_KEY):
            send("both keys")
            work()
            use(box, None)
        with installation(tmp_path, SECRET_KEY=NEW_KEY):
            send("the new key alone")
            work()
        assert len(box.messages) == 2


def test_a_lost_key_asks_for_the_password_and_loses_no_mail(tmp_path: Path) -> None:
    with Postbox(credentials=("me", "right")) as box:
        with installation(tmp_path, SECRET_KEY=OLD_KEY):
            upgrade()
            use(box, Secret("right"))
            send("waiting")
        with installation(tmp_path, SECRET_KEY=NEW_KEY):
            work()
            assert servers.current().primary.password_state == "unreadable"
            assert not box.messages
            use(box, Secret("right"))
            work()
        assert len(box.messages) == 1


@contextmanager
def installation(folder: Path, **settings: str) -> Iterator[Flask]:
    """A Peyk with that environment, as if it had just been started."""
    folder.mkdir(exist_ok=True)
    app = torture_app.make(Config.from_environment(torture.environment(folder, **settings)))
    with app.app_context():
        yield app
        engine.current().stop()
        db.session.remove()
        db.engine.dispose()


def use(box: Postbox, password: Secret | None) -> None:
    server = ServerChange(
        host=box.host,
        port=box.port,
        encryption=Encryption.NONE,
        username="me",
        password=password,
        active=True,
    )
    change = SettingsChange("support@example.com", "", True, server, ServerChange())
    servers.save(change, audit.SYSTEM)


def send(who: str) -> None:
    address = f"{who.replace(' ', '.')}@example.com"
    outbox.enqueue("note", about=len(who), to=address, locale="fa", occasion=who)
    db.session.commit()


def work() -> None:
    worker.drain(threading.Event())


def received(box: Postbox) -> list[str]:
    return [one.recipient.replace(".", " ").replace(" com", ".com") for one in box.messages]


def _by_dump(one: str, two: str, backup: Path) -> None:
    dump = [program("pg_dump"), "--format=custom", f"--file={backup}", _plain(one)]
    _run(*dump)
    _run(program("pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={_plain(two)}", backup)


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
