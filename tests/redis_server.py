"""A Redis server of its own for the tests: in a temporary folder, on loopback, then gone."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

from tests.needs import program
from tests.programs import free_port, scratch_folder, wait_until, worker_number


class RedisServer:
    """A server that keeps nothing; it may be killed and started again, and is empty then."""

    def __init__(self, folder: Path) -> None:
        self._program = program("redis-server", "redis-server")
        self._folder = folder
        self.port = free_port()

    @property
    def url(self) -> str:
        """Return the URL of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self._folder), "--save", "", "--appendonly", "no"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--daemonize", "no"], stdout=log, stderr=log, cwd=self._folder
            )
        wait_until(lambda: _answers(self.port), 60, "Redis did not answer")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, or kill it."""
        self._process.send_signal(how)
        self._process.wait(timeout=10)


@contextmanager
def own_redis() -> Iterator[RedisServer]:
    """Lend a running server that nobody else uses."""
    with scratch_folder("redis") as folder:
        server = RedisServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def temporary_redis() -> Iterator[str]:
    """Yield the URL of an empty Redis; `TEST_REDIS_URL` wins when it is set."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield urlsplit(given)._replace(path=f"/{worker_number() or 0}").geturl()
        return
    with own_redis() as server:
        yield server.url


def _answers(port: int) -> bool:
    client = Redis(port=port, socket_timeout=1)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()
