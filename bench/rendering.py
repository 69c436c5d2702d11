"""What pages cost beside the least that Flask can do: `python -m bench.rendering`.

CPU time of one request, measured inside the process by turns with `bench.bare`, so that the noise
of the machine hits all alike; only the ratio means something. The panel is seeded with the world
of the demo: both lists are full, the primary server is tripped and the banner says so.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import create_app
from app.accounts import sessions, users
from app.accounts.models import User, UserRole
from app.cli import demo_servers, demo_world
from app.config import Config
from app.core import addresses, audit
from app.extensions import db
from bench import bare

PEOPLE, SEED = 100, 1405
ROUNDS, REQUESTS = 20, 5
# How often the bare page each may cost; those without a figure are told for orientation.
GOALS = {
    "/login": 1.5,
    "/register": 1.5,
    "/system/outbox": 4.0,
    "/system/users": 4.0,
    "/system/": None,
    "/system/smtp": None,
}
Ask = Callable[[], None]


def main() -> int:
    """Measure in turns, print medians and ratios; 1 when a goal is missed."""
    with tempfile.TemporaryDirectory() as folder, peyk(f"sqlite:///{folder}/peyk.sqlite3") as app:
        with app.app_context():
            demo_world.make(PEOPLE, SEED, lambda _step: None)
        pages = {"bare": asking(bare.make(), "/login")}
        for path in GOALS:
            is_panel = path.startswith("/system")
            pages[path] = asking_admin(app, path) if is_panel else asking(app, path)
        taken = _measured(pages)
    base = taken.pop("bare")
    print(f"{'bare Flask page':<16} {statistics.median(base):6.2f} ms of CPU")
    missed = 0
    for path, times in taken.items():
        ratio = statistics.median(one / other for one, other in zip(times, base, strict=True))
        goal = GOALS[path]
        missed += goal is not None and ratio > goal
        wanted = f"   wanted: {goal}" if goal else ""
        print(f"{path:<16} {statistics.median(times):6.2f} ms {ratio:6.2f} times{wanted}")
    return 1 if missed else 0


@contextmanager
def peyk(database_url: str) -> Iterator[Flask]:
    """A Peyk in production mode with two servers and nobody in it; its log goes nowhere."""
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        sys.stderr, kept = nowhere, sys.stderr
        config = Config(
            secret_key="bench-" * 8,
            database_url=database_url,
            public_url="http://localhost",
            instance_path=Path(folder),
        )
        app = create_app(config)
        sys.stderr = kept
        with app.app_context():
            db.create_all()
            demo_servers.enter(2526, 2525)
        yield app
        with app.app_context():
            db.engine.dispose()


def asking_admin(app: Flask, path: str) -> Ask:
    """A request of an administrator, for whom an account and a session are made."""
    with app.app_context():
        admin = _admin()
        secret = sessions.open_for(admin, ip="127.0.0.1", user_agent="bench")
        db.session.commit()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': secret})}"
    return asking(app, path, cookie)


def _admin() -> User:
    known = db.session.scalars(db.select(User).where(User.role == UserRole.ADMIN)).first()
    if known:
        return known
    address = addresses.parse("bench@example.com")
    return users.create_admin(address, "Bench", "four words that nobody joins", audit.CONSOLE)


def asking(app: Flask, path: str, cookie: str = "") -> Ask:
    """A request as a server would hand it over, with the cookie that the answer before gave."""
    environ = EnvironBuilder(path, headers={"User-Agent": "bench"}).get_environ()
    jar = {"cookie": cookie}

    def ask() -> None:
        body, status, headers = run_wsgi_app(
            app.wsgi_app, {**environ, "HTTP_COOKIE": jar["cookie"]}, buffered=True
        )
        assert status == "200 OK", (path, status)
        assert b"".join(body).endswith((b"</html>", b"</html>\n"))
        if given := headers.get("Set-Cookie"):
            jar["cookie"] = given.partition(";")[0]

    return ask


def _measured(pages: dict[str, Ask]) -> dict[str, list[float]]:
    """Milliseconds of CPU for one request, a figure a round, after a round to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(-2, ROUNDS):
        for name, ask in pages.items():
            begun = time.process_time()
            for _ in range(REQUESTS):
                ask()
            if turn >= 0:
                taken[name].append((time.process_time() - begun) / REQUESTS * 1000)
    return taken


if __name__ == "__main__":
    raise SystemExit(main())
