"""A Peyk with the world of the demo, to be looked at and measured, then thrown away.

It stands in a temporary folder, at ports that are free, with worker, catcher and a primary server
that refuses everybody, as `make demo` has them.
"""

import os
import secrets
import socket
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import environment, programs, setup
from tools.environment import HOST
from tools.programs import Program
from tools.steps import ROOT

_START_SECONDS = 240.0
_MEND = "The world of the demo could not be made."


@dataclass(frozen=True, slots=True)
class Showcase:
    """Where it is, and who may enter."""

    url: str
    address: str
    password: str


@contextmanager
def running() -> Iterator[Showcase]:
    """Start it; end it when the block is left."""
    with tempfile.TemporaryDirectory(prefix="peyk-show-") as folder:
        os.environ.update(_settings(Path(folder)))
        said = _prepare()
        variables = environment.development()
        with ExitStack() as stack:
            started = [programs.start(one, variables, ROOT) for one in _programs()]
            stack.callback(programs.end, started)
            url = f"http://{HOST}:{environment.web_port()}"
            _wait_for(url)
            yield Showcase(url, said["Administrator"], said["Password"])


def _settings(folder: Path) -> dict[str, str]:
    names = ("PORT", "PEYK_CATCHER_PORT", "PEYK_DEMO_PRIMARY_PORT")
    ports = dict(zip(names, map(str, _free_ports(len(names))), strict=True))
    return {
        **ports,
        "PEYK_INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'peyk.sqlite3'}",
        "PUBLIC_URL": f"http://{HOST}:{ports['PORT']}",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "REDIS_URL": "",
        "PEYK_RATE_LIMITS": "off",
        "PEYK_LOG_LEVEL": "ERROR",
    }


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all are asked for before one is given back."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def _prepare() -> dict[str, str]:
    """Make the tables, the administrator and the world; return what was said, word by word."""
    setup.flask("db", "upgrade", mend=_MEND)
    catcher = ["--catcher-port", str(environment.catcher_port())]
    said = setup.flask("demo", "prepare", *catcher, mend=_MEND)
    primary = ["--primary-port", str(environment.refuser_port())]
    setup.flask("demo", "seed", *catcher, *primary, mend=_MEND)
    pairs = (line.split(maxsplit=1) for line in said.splitlines() if not line.startswith(" "))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _programs() -> list[Program]:
    python = setup.PYTHON
    bind = f"{HOST}:{environment.web_port()}"
    panel: list[str | Path] = [python, "-m", "gunicorn", "--bind", bind, "--worker-class=gthread"]
    return [
        Program("catcher", [python, "-m", "tools.catcher"]),
        Program("primary", [python, "-m", "tools.refuser"]),
        Program(
            "panel",
            [*panel, "--threads=4", "--log-level=warning", "--no-control-socket", "wsgi:app"],
        ),
        Program("worker", [python, "-m", "flask", "--app", "wsgi", "mail", "worker"]),
    ]


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"The panel has not answered for {_START_SECONDS:.0f} s.")
