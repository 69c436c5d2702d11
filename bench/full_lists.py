"""Lists with much in them beside short ones: `python -m bench.full_lists [--postgresql]`.

A million messages, a million entries of the audit and a hundred thousand people by default, put in
in bulk. Each page is asked in turn of an empty Peyk, of one whose lists fill just a page, and of
the full one, so that the noise of the machine hits all; the figures are milliseconds as a browser
would wait, and how often the full one takes as long as the one with a page, and as the empty one.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, text

from app.accounts.models import User
from app.accounts.people import words
from app.core import clock
from app.core.audit import AuditEntry
from app.extensions import Base, db
from app.mail.models import OutboxMessage, OutboxState, Role
from bench import rendering
from tests.postgres import temporary_postgres

MOST = 1.5
ROUNDS = 15
PAGE = 60
PATHS = (
    "/system/outbox",
    "/system/outbox?state=failed",
    "/system/outbox?state=sent&kind=activation&server=secondary",
    "/system/outbox?q=p500@",
    "/system/outbox?q=p500@example.com",
    "/system/outbox?q=nobody@example.com",
    "/system/outbox?before={middle}",
    "/system/users",
    "/system/users?q=p500@",
    "/system/users?q=nobody",
    "/system/users?state=disabled",
    "/system/users?role=admin",
    "/system/users?before={half}",
    "/system/audit",
    "/system/audit?what=session.opened",
    "/system/audit?who=p500@example.com",
    "/system/audit?what=area:outbox&who=visitor",
    "/system/audit?about=user:500",
    "/system/audit?before={entry}",
    "/system/",
)
_KINDS = ("activation", "already_registered", "recovery", "password_changed")
_AT_ONCE = 5_000
Row = dict[str, Any]


def main() -> int:
    """Fill, ask in turns, print; 1 when a page takes more than half as long again."""
    asked = _arguments()
    kind = asked.postgresql
    with peyk(kind) as empty, peyk(kind) as short, peyk(kind) as full:
        _fill(short, PAGE, PAGE, PAGE)
        begun = time.monotonic()
        _fill(full, asked.messages, asked.people, asked.entries)
        took = f"{time.monotonic() - begun:.0f} s"
        print(f"{asked.messages} mails, {asked.people} people, {asked.entries} entries: {took}")
        places = {
            "middle": asked.messages // 2,
            "half": asked.people // 2,
            "entry": asked.entries // 2,
        }
        return _compare((empty, short, full), [path.format(**places) for path in PATHS])


def _compare(peyks: Sequence[Flask], paths: Sequence[str]) -> int:
    slow = 0
    print(f"{'':<60}  empty    page    full   full/page  full/empty")
    for path in paths:
        asks = [rendering.asking_admin(one, path) for one in peyks]
        times = [[milliseconds(ask) for ask in asks] for _ in range(ROUNDS + 2)][2:]
        none, few, many = (statistics.median(column) for column in zip(*times, strict=True))
        slow += many > MOST * few
        ratios = f"{many / few:8.2f} {many / none:11.2f}"
        print(f"{path:<60} {none:6.1f} {few:7.1f} {many:7.1f} {ratios}", flush=True)
    return 1 if slow else 0


def milliseconds(ask: rendering.Ask) -> float:
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


@contextmanager
def peyk(postgresql: bool) -> Iterator[Flask]:  # noqa: FBT001  # it is one of two databases
    if postgresql:
        with temporary_postgres() as url, rendering.peyk(url) as app:
            yield app
    else:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            with rendering.peyk(url) as app:
                yield app


def _fill(app: Flask, messages: int, people: int, entries: int) -> None:
    with app.app_context():
        _insert(User, _people(people))
        while words.write_missing():
            pass
        _insert(OutboxMessage, _messages(messages))
        _insert(AuditEntry, _entries(entries))
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _insert(model: type[Base], rows: Iterator[Row]) -> None:
    for batch in _batches(rows):
        db.session.execute(insert(model), batch)
        db.session.commit()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch


def _people(count: int) -> Iterator[Row]:
    now = clock.now()
    for number in range(count):
        address = f"p{number}@example.com"
        yield {
            "name": f"شخص {number}",
            "email": address,
            "email_key": address,
            "password_hash": "",
            "role": "user",
            "state": "disabled" if number % 997 == 0 else "active",
            "locale": "fa",
            "created_at": now - timedelta(minutes=count - number),
            "activated_at": now - timedelta(minutes=count - number),
        }


def _messages(count: int) -> Iterator[Row]:
    """Mails of two months: nearly all accepted, one in a thousand failed, the last ones wait."""
    chance, now = random.Random(1405), clock.now()
    step = timedelta(days=60) / count
    for number in range(count):
        at = now - step * (count - number)
        state = OutboxState.FAILED if number % 1000 == 0 else OutboxState.SENT
        address = f"p{number % 100_000}@example.com"
        yield {
            "kind": chance.choice(_KINDS),
            "about": number,
            "dedupe_key": f"bench:{number}",
            "expires_at": at,
            "recipient": address,
            "recipient_key": address,
            "locale": "fa",
            "state": state,
            "message_id": f"<{number}@example.com>",
            "created_at": at,
            "due_at": at,
            "finished_at": at,
            "last_server": chance.choice(list(Role)),
            "last_outcome": "accepted",
        }


def _entries(count: int) -> Iterator[Row]:
    """Entries of a year: half of them sign-ins, the rest registrations and deeds with mail."""
    chance, now = random.Random(1405), clock.now()
    step = timedelta(days=365) / count
    for number in range(count):
        address, about = f"p{number % 100_000}@example.com", number % 100_000 + 1
        event, actor, target = chance.choice(
            (
                ("session.opened", address, f"user:{about}"),
                ("session.opened", address, f"user:{about}"),
                ("registration.requested", "visitor", f"registration:{about}"),
                ("outbox.retried", "console", f"outbox:{about}"),
            )
        )
        yield {
            "at": now - step * (count - number),
            "actor_id": None,
            "actor": actor,
            "event": event,
            "target": target,
            "details": {},
            "ip": "192.0.2.7",
            "request_id": f"{number:016x}",
        }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
