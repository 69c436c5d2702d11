"""Does the time of an answer tell whether an address is known? `python -m bench.equal_time [URL]`.

Registering, asking for the mail again, for a new password, and signing in: each is asked for
addresses that are known, unknown, waiting and disabled. In every round all four are pressed one
after another, in an order of chance, so that the noise of the machine hits them alike; compared
is what stands in one round. Prints medians and ends with 1 when one is off by more than a tenth.
URL is that of an empty database; without it SQLite in a temporary folder.
"""

import random
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.accounts import registration
from app.accounts.models import User, UserRole, UserState
from app.accounts.passwords import passwords
from app.accounts.registration import Registrant
from app.config import Config
from app.core import addresses, audit, clock
from app.extensions import db

ALLOWED = 0.10
PASSWORD, WRONG = "a courier with seven horses", "another courier without horses"
UNKNOWN, WAITING = "unknown", "waiting"
KINDS = (UNKNOWN, "known", WAITING, "disabled")
VISITOR = audit.Actor(None, "visitor", "192.0.2.7")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_numbers = count()

Press = Callable[["Visitor"], tuple[str, dict[str, str]]]
# The wall clock and the clock of the processor, for each kind of address.
Times = dict[str, list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser with a form token, and the address it asks about."""

    client: FlaskClient
    token: str
    email: str

    def send(self, path: str, fields: dict[str, str]) -> tuple[float, float]:
        """Send a form; return how long the answer took by both clocks."""
        data = {"csrf_token": self.token, **fields}
        started, worked = time.perf_counter(), time.thread_time()
        answer = Context().run(self.client.post, path, data=data)
        taken = time.perf_counter() - started, time.thread_time() - worked
        assert answer.status_code in (303, 422), (path, answer.status_code)
        return taken


def register(visitor: Visitor) -> tuple[str, dict[str, str]]:
    """Ask for an account."""
    fields = {"name": "Sara", "email": visitor.email, "password": PASSWORD}
    return "/register", {**fields, "password_confirm": PASSWORD}


def resend(_visitor: Visitor) -> tuple[str, dict[str, str]]:
    """Ask for the mail once more, where one has registered."""
    return "/register/waiting/resend", {}


def recover(visitor: Visitor) -> tuple[str, dict[str, str]]:
    """Ask for a link to a new password."""
    return "/forgot-password", {"email": visitor.email}


def sign_in(visitor: Visitor) -> tuple[str, dict[str, str]]:
    """Sign in with a password that is not the right one."""
    return "/login", {"email": visitor.email, "password": WRONG}


@dataclass(frozen=True, slots=True)
class Deed:
    """What is asked for: in how many rounds, and after how many new people come; what is before."""

    press: Press
    rounds: int
    visitors_last: int = 1
    before: Press | None = None

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.press.__name__


# What hashes is pressed in few rounds, the cheap deeds often: there noise is large beside them.
DEEDS = (
    Deed(register, rounds=100),
    Deed(resend, rounds=300, visitors_last=30, before=register),
    Deed(recover, rounds=300, visitors_last=30),
    Deed(sign_in, rounds=60),
)


def main(url: str | None) -> None:
    """Measure in turns, print, and judge."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(
            Config(
                secret_key="bench-" * 8,
                database_url=url or f"sqlite:///{name}/bench.sqlite3",
                public_url="http://localhost",
                mode="testing",
                instance_path=Path(name),
                rate_limits=False,
                log_level="ERROR",
            )
        )
        with app.app_context():
            db.create_all()
        print("medians in ms (wall clock), and how far from the unknown address of the same round")
        print(f"in wall-clock time and in work of the processor\n\n{'':10}", end="")
        print("".join(f"{kind:>24}" for kind in KINDS), flush=True)
        offs = [off for deed in DEEDS for off in _told(deed, _measured(app, deed))]
    worst = max(offs, key=abs)
    verdict = "equal" if abs(worst) <= ALLOWED else "NOT EQUAL"
    print(f"\n{verdict} within {ALLOWED:.0%}: the farthest is {worst:+.1%}")
    sys.exit(verdict != "equal")


def _measured(app: Flask, deed: Deed) -> Times:
    """Press in rounds; the first press of every visitor warms up and does not count."""
    times: Times = defaultdict(list)
    for first in range(0, deed.rounds, deed.visitors_last):
        visitors = [(kind, _arrive(app, kind, deed)) for kind in KINDS]
        for number in range(deed.visitors_last + (deed.visitors_last > 1)):
            for kind, visitor in random.sample(visitors, len(visitors)):
                taken = visitor.send(*deed.press(visitor))
                if number or deed.visitors_last == 1:
                    times[kind].append(taken)
        _show_progress(deed, first + deed.visitors_last)
    return times


def _show_progress(deed: Deed, done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{deed.name}: {done} of {deed.rounds} ", end="", file=sys.stderr, flush=True)


def _arrive(app: Flask, kind: str, deed: Deed) -> Visitor:
    """Return a browser that is about to ask about an address of that kind."""
    email = f"sara{next(_numbers):06}@example.com"
    with app.app_context():
        _make(kind, email)
        db.session.remove()
    client = app.test_client()
    found = _TOKEN.search(Context().run(client.get, "/login").text)
    assert found is not None
    visitor = Visitor(client, found[1], email)
    if deed.before:
        visitor.send(*deed.before(visitor))
    return visitor


def _make(kind: str, email: str) -> None:
    """Let somebody with this address be what the kind says."""
    address, now = addresses.parse(email), clock.now()
    if kind == UNKNOWN:
        return
    if kind == WAITING:
        registration.register(Registrant("Sara", address, PASSWORD, "fa"), VISITOR)
        return
    user = User(
        name="Sara",
        email=address.display,
        email_key=address.key,
        password_hash=passwords.NOBODY,
        role=UserRole.USER,
        state=UserState.DISABLED if kind == "disabled" else UserState.ACTIVE,
        locale="fa",
        created_at=now,
        activated_at=now,
    )
    db.session.add(user)
    db.session.commit()


def _told(deed: Deed, times: Times) -> Iterator[float]:
    """Print a line of the table; give how far each kind is from the unknown address."""
    line = f"{deed.name:10}"
    for kind in KINDS:
        wall, work = (_off(times, kind, clock_) for clock_ in (0, 1))
        median = statistics.median(one for one, _work in times[kind])
        line += f"{median * 1000:10.1f} {wall:+6.1%} {work:+6.1%}"
        yield wall
    print(f"\r{line}", flush=True)


def _off(times: Times, kind: str, clock_: int) -> float:
    """Return the median, over all rounds, of how much longer it took than the unknown address."""
    rounds = zip(times[kind], times[UNKNOWN], strict=True)
    return statistics.median(mine[clock_] / other[clock_] for mine, other in rounds) - 1


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
