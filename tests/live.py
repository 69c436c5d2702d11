"""A whole Peyk for the browser tests: gunicorn and a worker, as processes, on loopback."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.accounts import users
from app.core import addresses, audit
from tests.conftest import SECRET_KEY
from tests.installed import installed
from tests.needs import ROOT
from tests.programs import free_port, wait_until

ADMIN = "nika@example.com"
PASSWORD = "four words that nobody joins"


@dataclass(frozen=True)
class Peyk:
    """A running Peyk: its address and its environment, for commands."""

    url: str
    environment: Mapping[str, str]
    folder: Path

    def command(self, *words: str, typed: str = "") -> str:
        """Run a command of the shell's door and return what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=dict(self.environment),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def log(self) -> str:
        """Return what the processes wrote."""
        return (self.folder / "log").read_text(encoding="utf-8")


@contextmanager
def running_peyk(
    folder: Path, *, processes: int = 1, threads: int = 4, **settings: str
) -> Iterator[Peyk]:
    """Start a Peyk with an empty database and an administrator; end it afterwards."""
    port = free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PEYK_")},
        "SECRET_KEY": SECRET_KEY,
        "PEYK_MODE": "development",
        "PEYK_INSTANCE_PATH": str(folder / "var"),
        "PEYK_RATE_LIMITS": "off",
        "PEYK_WEB_THREADS": str(threads),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **settings,
    }
    peyk = Peyk(f"http://127.0.0.1:{port}", environment, folder)
    # As the commands `db upgrade` and `users create-admin` do, without two further processes.
    with installed(environment):
        users.create_admin(addresses.parse(ADMIN), "Nika", PASSWORD, audit.CONSOLE)
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("w"))
        for words in (
            [
                "gunicorn",
                "--log-level",
                "warning",
                "--no-control-socket",
                "--bind",
                f"127.0.0.1:{port}",
                "-w",
                str(processes),
                "--threads",
                str(threads),
                "wsgi:app",
            ],
            ["flask", "--app", "wsgi", "mail", "worker"],
        ):
            stack.enter_context(_process([sys.executable, "-m", *words], environment, log))
        wait_until(lambda: _answers(peyk.url), 120, "Peyk did not start")
        yield peyk


@contextmanager
def _process(command: list[str], environment: Mapping[str, str], log: object) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=log, stderr=log)  # type: ignore[call-overload]
    try:
        yield
    finally:
        process.terminate()
        # As long as gunicorn gives its requests to end, and a busy machine some more.
        process.wait(timeout=60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
