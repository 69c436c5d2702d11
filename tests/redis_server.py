"""A Redis server of its own for the tests: in a temporary folder, on loopback, then gone."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from tests.needs import program
from tests.programs import free_port, scratch_folder, wait_until


@contextmanager
def temporary_redis() -> Iterator[str]:
    """Yield the URL of an empty Redis; `TEST_REDIS_URL` wins when it is set."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    path = program("redis-server", "redis-server")
    port = free_port()
    with scratch_folder("redis") as folder:
        command = [path, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            wait_until(lambda: _answers(port), 20, "Redis did not answer")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(timeout=10)


def _answers(port: int) -> bool:
    client = Redis(port=port, socket_timeout=1)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()
