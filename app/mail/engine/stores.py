"""Where the engine keeps its wake-ups: a file, Redis, or the PostgreSQL that holds the data.

Each of them may be lost at any time: it is made anew when it is needed, and no message is in it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from huey import MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.api import Huey
from huey.exceptions import HueyException
from huey.storage import PostgresStorage, SqliteStorage
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import make_url

from app.config import Config

# What a store raises when it is away, hangs or has just been lost.
AWAY = (HueyException, RedisError, psycopg.Error, sqlite3.Error, OSError)

NAME = "peyk"
TABLE_PREFIX = "engine"
# In seconds. A web request waits for a wake-up, so all of them are short.
_CONNECT = 0.5
_ANSWER = 1.0
_LISTEN = 0.5
_POSTGRES_CONNECT = 2
# Any number, always the same: who makes the tables holds it.
_TABLES_LOCK = 7_039_101


def store(config: Config) -> Huey:
    """Return the store that the configuration asks for; nothing is opened yet."""
    if config.mode == "testing":
        return MemoryHuey(NAME, results=False)
    if config.redis_url:
        return _redis(config.redis_url)
    if config.database_url.startswith("postgresql"):
        return _postgres(config.database_url)
    path = config.instance_path / "engine.sqlite3"
    return _SqliteHuey(
        NAME, filename=str(path), timeout=_ANSWER, create_tables=False, results=False
    )


def _redis(url: str) -> Huey:
    """Return a store in Redis that neither hangs nor tries again: the sweep is the second try."""
    timeouts = {"socket_timeout": _ANSWER}
    if not url.startswith("unix:"):
        timeouts["socket_connect_timeout"] = _CONNECT
    pool = ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), **timeouts)
    return RedisHuey(NAME, connection_pool=pool, read_timeout=_LISTEN, results=False)


def _postgres(database_url: str) -> Huey:
    """Return a store beside our own tables; LISTEN and NOTIFY wake its workers."""
    url = make_url(database_url).set(drivername="postgresql")
    return _PostgresHuey(
        NAME,
        dsn=url.render_as_string(hide_password=False),
        table_prefix=TABLE_PREFIX,
        read_timeout=_LISTEN,
        create_tables=False,
        results=False,
        connect_timeout=_POSTGRES_CONNECT,
    )


class _ClosedByMany:
    """Threads that end at the same moment may all close their store."""

    _closing = threading.Lock()

    def close(self) -> bool:
        """Close what is open; False when nothing was."""
        with self._closing:
            return bool(super().close())  # type: ignore[misc]


class _SqliteStorage(_ClosedByMany, SqliteStorage):  # type: ignore[misc]
    """A file that is made anew when somebody has deleted it."""

    _conn: sqlite3.Connection | None
    _inode = 0

    @property
    def conn(self) -> sqlite3.Connection:
        """Return the connection to the file that has this name now."""
        if self._conn is not None and self._inode != _inode(self.filename):
            self._conn.close()
            self._conn = None
        if self._conn is None:
            self._conn = self._create_connection()
        return self._conn

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("pragma synchronous=NORMAL")
        for statement in self.ddl:
            connection.execute(statement)
        self._inode = _inode(self.filename)
        return connection


class _SqliteHuey(SqliteHuey):  # type: ignore[misc]
    storage_class = _SqliteStorage


class _PostgresStorage(_ClosedByMany, PostgresStorage):  # type: ignore[misc]
    """Tables that are made when they are first needed, and anew when somebody has dropped them."""

    def _create_connection(self) -> "psycopg.Connection[Any]":
        connection: psycopg.Connection[Any] = self._connect()
        try:
            if not _has_table(connection, self.table_task):
                self._make_tables(connection)
        except psycopg.Error:
            connection.close()
            raise
        return connection

    def _make_tables(self, connection: "psycopg.Connection[Any]") -> None:
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (_TABLES_LOCK,))
            for statement in self.ddl:
                connection.execute(statement)

    @contextmanager
    def db(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Lend a cursor; after a loss of the tables, the next connection makes them anew."""
        try:
            with super().db(*args, **kwargs) as cursor:
                yield cursor
        except psycopg.errors.UndefinedTable:
            self.close()
            raise


class _PostgresHuey(PostgresHuey):  # type: ignore[misc]
    storage_class = _PostgresStorage


def _has_table(connection: "psycopg.Connection[Any]", name: str) -> bool:
    found = connection.execute("select to_regclass(%s)", (name,)).fetchone()
    return found is not None and found[0] is not None


def _inode(path: str) -> int:
    try:
        return Path(path).stat().st_ino
    except FileNotFoundError:
        return 0
