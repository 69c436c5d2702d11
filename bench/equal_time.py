"""Does the time of an answer tell whether an address is known? `python -m bench.equal_time [URL]`.

Registering, asking for the mail again, for a new password, and signing in: each is asked for
addresses that are known, unknown and waiting, in turns, so that the noise of the machine hits all
alike. Prints the medians and ends with 1 when one lies more than a tenth from that of the unknown
address. URL is that of an empty database; without it SQLite in a temporary folder.
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
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.accounts import activation, registration, tokens
from app.accounts.models import PendingRegistration, UserState
from app.accounts.registration import Registrant
from app.config import Config
from app.core import addresses, audit
from app.extensions import db

ROUNDS, ALLOWED = 40, 0.10
# What costs no hash is pressed several times, or the noise of the machine drowns it.
CHEAP = 7
PASSWORD, WRONG = "a courier with seven horses", "another courier without horses"
KINDS = ("unknown", "known", "waiting", "disabled")
VISITOR = audit.Actor(None, "visitor", "192.0.2.7")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_numbers = count()

Deed = Callable[["Visitor", str], None]
Times = dict[tuple[str, str], list[float]]


@dataclass
class Visitor:
    """A browser with a form token, ready to press."""

    client: FlaskClient
    token: str
    seconds: list[float] = field(default_factory=list)

    def press(self, path: str, **fields: str) -> None:
        """Send a form and note how long the answer took."""
        data = {"csrf_token": self.token, **fields}
        started = time.perf_counter()
        answer = Context().run(self.client.post, path, data=data)
        self.seconds.append(time.perf_counter() - started)
        assert answer.status_code in (303, 422), (path, answer.status_code)


def register(visitor: Visitor, email: str) -> None:
    """Ask for an account."""
    visitor.press(
        "/register", name="Sara", email=email, password=PASSWORD, password_confirm=PASSWORD
    )


def resend(visitor: Visitor, email: str) -> None:
    """Ask for the mail once more, where one has just registered."""
    register(visitor, email)
    visitor.seconds.clear()
    for _time in range(CHEAP):
        visitor.press("/register/waiting/resend")


def recover(visitor: Visitor, email: str) -> None:
    """Ask for a link to a new password."""
    for _time in range(CHEAP):
        visitor.press("/forgot-password", email=email)


def sign_in(visitor: Visitor, email: str) -> None:
    """Sign in with a password that is not the right one."""
    visitor.press("/login", email=email, password=WRONG)


DEEDS: tuple[Deed, ...] = (register, resend, recover, sign_in)


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
        times: Times = defaultdict(list)
        for number in range(ROUNDS + 1):
            for deed, kind in _in_some_order():
                seconds = _measure(app, deed, kind)
                if number:  # the first round warms up
                    times[deed.__name__, kind].append(seconds)
    sys.exit(0 if _print(times) else 1)


def _in_some_order() -> Iterator[tuple[Deed, str]]:
    pairs = [(deed, kind) for deed in DEEDS for kind in KINDS]
    random.shuffle(pairs)
    yield from pairs


def _measure(app: Flask, deed: Deed, kind: str) -> float:
    email = f"sara{next(_numbers):06}@example.com"
    with app.app_context():
        _make(kind, email)
        db.session.remove()
    client = app.test_client()
    found = _TOKEN.search(Context().run(client.get, "/login").text)
    assert found is not None
    visitor = Visitor(client, found[1])
    deed(visitor, email)
    return statistics.median(visitor.seconds)


def _make(kind: str, email: str) -> None:
    """Let somebody with this address be what the kind says."""
    if kind == "unknown":
        return
    handle = registration.register(
        Registrant("Sara", addresses.parse(email), PASSWORD, "fa"), VISITOR
    )
    if kind == "waiting":
        return
    attempt = registration.find(handle)
    assert attempt is not None
    user = activation.activate(_link(attempt), VISITOR).user
    if kind == "disabled":
        user.state = UserState.DISABLED
        db.session.commit()


def _link(attempt: PendingRegistration) -> str:
    token = tokens.issue(attempt, 0)
    db.session.commit()
    return token


def _print(times: Times) -> bool:
    """Print the table; tell whether every median is near that of the unknown address."""
    print(f"medians of {ROUNDS}, in ms, and how far from the unknown address\n")
    print(f"{'':10}" + "".join(f"{kind:>20}" for kind in KINDS))
    all_equal = True
    for deed in DEEDS:
        usual = statistics.median(times[deed.__name__, "unknown"])
        line = f"{deed.__name__:10}"
        for kind in KINDS:
            median = statistics.median(times[deed.__name__, kind])
            off = median / usual - 1
            all_equal &= abs(off) <= ALLOWED
            line += f"{median * 1000:12.1f} {off:+7.1%}"
        print(line)
    print(f"\n{'equal' if all_equal else 'NOT EQUAL'} within {ALLOWED:.0%}")
    return all_equal


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
