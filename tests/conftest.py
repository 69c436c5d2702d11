"""What every test may ask for: an application on SQLite or PostgreSQL, a browser's client."""

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import compress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from nacl.pwhash import argon2id
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from app import create_app
from app.accounts.passwords import passwords, policy
from app.config import Config
from app.core import clock, site
from app.extensions import db
from app.mail.servers import connections
from app.web.mail_state import mail_now
from tests.certificates import Authority
from tests.postbox import Postbox
from tests.postgres import PostgresMissing, temporary_postgres
from tests.programs import worker_number

SECRET_KEY = "only-for-tests-" + "0123456789abcdef" * 3
# The folders whose tests run on both databases: there the SQL is at home.
ON_BOTH = ("mail", "accounts", "core")
CHEAP = passwords.Cost(passes=1, memory=2**13)
NOBODY = argon2id.str(secrets.token_bytes(), *CHEAP).decode()
SCORE = cache(policy._score)


@event.listens_for(Engine, "connect")
def _no_test_needs_its_rows_after_a_power_cut(
    connection: DBAPIConnection, _record: ConnectionPoolEntry
) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(autouse=True)
def cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge each password once, and hash it in no time unless a test asks for `real_hashes`."""
    monkeypatch.setattr(policy, "_score", SCORE)
    if not request.node.get_closest_marker("real_hashes"):
        monkeypatch.setattr(passwords, "_cost", CHEAP)
        monkeypatch.setattr(passwords, "NOBODY", NOBODY)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the domains on SQLite and on PostgreSQL, the others on SQLite."""
    if "database" in metafunc.fixturenames:
        folder = Path(str(metafunc.definition.path)).parent.name
        both = ["sqlite", "postgresql"] if folder in ON_BOTH else ["sqlite"]
        metafunc.parametrize("database", both, indirect=True, scope="session")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests."""
    try:
        with temporary_postgres() as url:
            yield url
    except PostgresMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL: {missing}")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the database that a test runs on."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'peyk.sqlite3'}"


@pytest.fixture(scope="session")
def config(database: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The configuration of the tests; limits are off, except where a test turns them on."""
    return Config(
        secret_key=SECRET_KEY,
        database_url=database,
        public_url="http://localhost",
        mode="testing",
        instance_path=tmp_path_factory.mktemp("var"),
        rate_limits=False,
    )


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """The templates as Python, for every application of every process of this run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_number() is None else own.parent) / "compiled"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def tables(config: Config, compiled: BytecodeCache) -> Iterator[Flask]:
    """One application and its tables, shared by all tests on one database."""
    app = create_app(config)
    app.jinja_env.bytecode_cache = compiled
    with app.app_context():
        db.drop_all()
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


@pytest.fixture(scope="session")
def empty_tables() -> Callable[[], None]:
    """Empty the few tables that hold rows: it happens before each of thousands of tests."""
    names = [table.name for table in reversed(db.metadata.sorted_tables)]
    holds_rows = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names)  # noqa: S608

    def empty() -> None:
        with closing(db.engine.raw_connection()) as pooled:
            driver = pooled.driver_connection
            answers = driver.execute(f"SELECT {holds_rows}").fetchone()
            driver.commit()
            script = "".join(f"DELETE FROM {name};" for name in compress(names, answers))  # noqa: S608
            # SQLite has a word of its own for several statements.
            getattr(driver, "executescript", driver.execute)(f"BEGIN;{script}COMMIT;")

    return empty


@pytest.fixture
def app(tables: Flask, config: Config, empty_tables: Callable[[], None]) -> Iterator[Flask]:
    """An application with empty tables, inside its context."""
    tables.extensions["peyk.config"] = config
    with tables.app_context():
        empty_tables()
        site.forget()
        mail_now.forget()
        yield tables
        connections.close_all()
        db.session.remove()


@pytest.fixture
def configure(app: Flask, config: Config) -> Callable[..., Config]:
    """Change the configuration for one test: `configure(rate_limits=True)`."""

    def change(**fields: Any) -> Config:
        changed = replace(app.extensions["peyk.config"], **fields)
        app.extensions["peyk.config"] = changed
        return changed

    return change


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whoever signs the certificates of the tests' servers; `authority.path` makes us trust it."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def primary() -> Iterator[Postbox]:
    """A primary server that works."""
    with Postbox() as box:
        yield box


@pytest.fixture
def secondary() -> Iterator[Postbox]:
    """A secondary server that works."""
    with Postbox() as box:
        yield box


@pytest.fixture
def time_machine(monkeypatch: pytest.MonkeyPatch) -> "TimeMachine":
    """The clock, stopped; `time_machine.pass_(minutes=5)` moves it."""
    machine = TimeMachine()
    monkeypatch.setattr(clock, "now", machine.now)
    return machine


class TimeMachine:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the moment at which it stands."""
        return self.moment

    def pass_(self, **span: float) -> None:
        """Let time pass: `pass_(hours=24)`."""
        self.moment += timedelta(**span)
