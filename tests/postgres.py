"""A PostgreSQL server of its own for the tests: in a temporary folder, on loopback, then gone."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url, text

from tests.programs import account, free_port, is_root, scratch_folder, wait_until

# Nothing here has to survive a power cut.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissing(Exception):
    """No PostgreSQL can be started here; the text says how to get one."""


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Yield the SQLAlchemy URL of an empty database; `TEST_DATABASE_URL` wins when it is set."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    programs = _programs()
    with scratch_folder("pg") as folder:
        identity = _unprivileged(folder)
        _create_cluster(programs, folder, identity)
        port = free_port()
        server = _start(programs, folder, port, identity)
        try:
            wait_until(lambda: _answers(port, server), 30, "PostgreSQL did not answer")
            yield f"postgresql+psycopg://peyk@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # the server's word for: end now, cleanly
            server.wait(timeout=20)


@contextmanager
def new_database(url: str, name: str) -> Iterator[str]:
    """Yield the URL of a further, empty database on the same server."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


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
    programs: Path, folder: Path, port: int, identity: dict[str, Any]
) -> subprocess.Popen[bytes]:
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), **_FAST}
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
