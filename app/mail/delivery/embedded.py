"""The worker as a thread of the web process, for installations with little mail.

Of all the web processes of a machine only one may run it: the one that holds the lock of a file.
The lock goes with its process, however that ends, and another process takes over.
"""

import atexit
import fcntl
import threading
from pathlib import Path
from typing import IO

from flask import Flask

from app.config import Config
from app.mail.delivery.service import Service

LOCK = "worker.lock"
# How often, in seconds, a process asks whether the one that runs the worker has gone.
PATIENCE = 2.0


class StandIn:
    """Waits for the lock, then runs the worker for as long as this process lives."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._path = config.instance_path / LOCK
        self._service = Service(app, config.worker_threads)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._wait_and_run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker, if it runs here, and let another process have the lock."""
        self._leaving.set()
        self._thread.join()

    def _wait_and_run(self) -> None:
        while not self._leaving.is_set():
            if lock := locked(self._path):
                with lock:
                    self._service.start()
                    self._leaving.wait()
                    self._service.stop()
                return
            self._leaving.wait(PATIENCE)


def start(app: Flask) -> StandIn | None:
    """Run the worker in this web process, or stand by, if the configuration wants it there."""
    config: Config = app.extensions["peyk.config"]
    if config.worker != "thread":
        return None
    stand_in = StandIn(app, config)
    stand_in.start()
    atexit.register(stand_in.stop)
    return stand_in


def locked(path: Path) -> IO[str] | None:
    """Return the file with its lock taken, or None when another process has it."""
    file = path.open("a", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
