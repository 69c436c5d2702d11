"""A PostgreSQL server of its own for the tests: in a temporary folder, on loopback, then gone."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url, text

from tests.programs import (
    account,
    free_port,
    is_root,
    scratch_folder,
    wait_until,
    worker_number,
)

# Nothing here has to survive a power cut.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# What was committed outlives a crash of the server, though not one of the machine.
_CRASHING = {**_FAST, "synchronous_commit": "on"}


class PostgresMissing(Exception):
    """No PostgreSQL can be started here; the text says how to get one."""


class PostgresServer:
    """A cluster in a folder; it may be stopped in the middle of everything and started again."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = _FAST) -> None:
        self._settings = settings
        self._programs = _programs()
        self._folder = folder
        self._identity = _unprivileged(folder)
        _create_cluster(self._programs, folder, self._identity)
        self.port = free_port()

    @property
    def url(self) -> str:
        """Return the SQLAlchemy URL of the database that every cluster has."""
        return f"postgresql+psycopg://peyk@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and wait until it answers; after a crash it repairs itself first."""
        self._process = _start(
            self._programs, self._folder, self.port, self._identity, self._settings
        )
        wait_until(lambda: _answers(self.port, self._process), 90, "PostgreSQL did not answer")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT is the server's word for now and cleanly, SIGQUIT for a crash."""
        self._process.send_signal(how)
        self._process.wait(timeout=20)


@contextmanager
def own_postgres(*, crashes: bool = False) -> Iterator[PostgresServer]:
    """Lend a running server that nobody else uses; one that `crashes` keeps what it committed."""
    with scratch_folder("pg") as folder:
        server = PostgresServer(folder, _CRASHING if crashes else _FAST)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Yield the SQLAlchemy URL of an empty database; `TEST_DATABASE_URL` wins when it is set."""
    given, one_of_many = os.environ.get("TEST_DATABASE_URL"), worker_number()
    if given and one_of_many is not None:
        with new_database(given, "peyk_tests") as url:
            yield url
    elif given:
        yield given
    else:
        with own_postgres() as server:
            yield server.url


@contextmanager
def new_database(url: str, name: str) -> Iterator[str]:
    """Yield the URL of a further, empty database on the same server."""
    number = worker_number()
    name = name if number is None else f"{name}_{number}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL, such as `pg_dump`."""
    return str(_programs() / name)


def _programs() -> Path:
    """The folder of `initdb` and `postgres`; Debian keeps it off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if not folders:
        raise PostgresMissing(
            "No PostgreSQL: apt-get install postgresql, or set TEST_DATABASE_URL to an empty one."
        )
    return folders[-1].parent


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Who runs the server: it refuses root, so root lends it an account without rights."""
    if not is_root():
        return {}
    user = account("postgres", "nobody")
    if user is None:
        raise PostgresMissing("PostgreSQL does not run as root and there is no account to lend it.")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _create_cluster(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    command = [
        str(programs / "initdb"),
        f"--pgdata={folder}/data",
        "--username=peyk",
        "--auth=trust",
    ]
    command += ["--no-sync", "--encoding=UTF8", "--locale=C"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, **identity
    )
    if done.returncode:
        raise PostgresMissing(f"initdb failed: {done.stderr.strip()}")


def _start(
    programs: Path, folder: Path, port: int, identity: dict[str, Any], extra: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), **extra}
    settings["unix_socket_directories"] = str(folder)
    flags = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *flags],
            stdout=log,
            stderr=log,
            cwd=folder,
            **identity,
        )


def _answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    if server.poll() is not None:
        raise PostgresMissing(f"PostgreSQL ended at once with code {server.returncode}.")
    try:
        psycopg.connect(f"host=127.0.0.1 port={port} user=peyk dbname=postgres").close()
    except psycopg.OperationalError:
        return False
    return True
