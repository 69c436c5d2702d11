"""Whether anything gets slower as mail piles up: `python -m bench.growth [--postgresql]`.

The same deeds at 1,000, 100,000 and 1,000,000 stored messages, each with the attempt that sent it:
put a mail into the outbox, claim twenty, read the first page of the log. The three databases stand
side by side and take turns, so that the noise of the machine hits all of them.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.mail.log import log
from app.mail.log.log import Filters
from app.mail.models import OutboxState
from app.mail.outbox import claims
from bench import place
from bench.report import Row, show
from tests.postgres import new_database, own_postgres

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS, REPEATS, WAITING, GOAL = 7, 10, 60, 1.5
DEEDS: dict[str, Callable[[], float]] = {}

NUMBERS = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n where i < {count}) ",
    "postgresql": "with n as (select generate_series(1, {count}) as i) ",
}
_AT = {
    "sqlite": "datetime('2026-01-01', '+' || (i * 20) || ' seconds') || '.000000'",
    "postgresql": "timestamptz '2026-01-01 00:00Z' + i * interval '20 seconds'",
}
_MESSAGES = """
insert into outbox_messages (id, kind, about, recipient, recipient_key, locale, message_id,
    dedupe_key, state, created_at, due_at, expires_at, finished_at, claims, rounds, sent_by,
    last_server, may_be_duplicate, last_outcome)
{numbers} select i, 'note', i, 'n' || i || '@example.com', 'n' || i || '@example.com', 'fa',
    '<' || i || '@old>', 'old:' || i, case when i % 10 = 0 then 'failed' else 'sent' end,
    {at}, {at}, {at}, {at}, 0, 1, 'primary', 'primary', false, 'accepted' from n
"""
_ATTEMPTS = """
insert into delivery_attempts (outbox_id, at, server, host, stage, outcome, code, enhanced, reply,
    duration_ms, tls, may_be_duplicate)
{numbers} select i, {at}, 'primary', 'mail.example.com', 'message', 'accepted', 250, '2.0.0',
    'queued', 80, 'TLSv1.3', false from n
"""


def main() -> int:
    """Fill, measure in turns, print medians and their ratio to the smallest."""
    asked = _arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = stack.enter_context(_databases(folder, postgresql=asked.postgresql))
        apps = [_filled(url, folder, size) for url, size in zip(urls, asked.sizes, strict=True)]
        taken = {(name, size): [] for name in DEEDS for size in asked.sizes}
        for turn in range(ROUNDS):
            for app, size in zip(apps, asked.sizes, strict=True):
                with app.app_context():
                    place.enqueue(WAITING, f"turn {turn}")
                    for name, deed in DEEDS.items():
                        taken[name, size].append(deed() * 1000)
                    _empty()
        for app in apps:
            with app.app_context():
                db.engine.dispose()
    store = "PostgreSQL" if asked.postgresql else "SQLite"
    return show(f"{store}: the same deed at so many stored messages", list(_rows(taken, asked)))


def deed(name: str) -> Callable[[Callable[[], object]], Callable[[], float]]:
    """Make a measured deed of a function: the middle of how long it takes, in seconds."""

    def decorate(do: Callable[[], object]) -> Callable[[], float]:
        def measured() -> float:
            times = []
            for _ in range(REPEATS):
                started = time.perf_counter()
                do()
                times.append(time.perf_counter() - started)
                _take_back()
            return sorted(times)[len(times) // 2]

        DEEDS[name] = measured
        return measured

    return decorate


@deed("enqueue one")
def enqueue_one() -> None:
    """Put one mail into the outbox."""
    place.enqueue(1, str(time.perf_counter_ns()))


@deed("claim twenty")
def claim_twenty() -> None:
    """Claim a batch."""
    assert len(claims.claim("bench")) == claims.BATCH


@deed("first page of the log")
def first_page() -> None:
    """Read the newest mails."""
    assert log.newest(Filters()).items
    db.session.rollback()


@deed("first page of what failed")
def first_failures() -> None:
    """Read the newest mails in a state that is rare."""
    assert log.newest(Filters(states=(OutboxState.FAILED,))).items
    db.session.rollback()


def _take_back() -> None:
    claims.give_back("bench")


def _empty() -> None:
    """Take away what waits, so that every round begins alike."""
    db.session.execute(text("delete from outbox_messages where state = 'queued'"))
    db.session.commit()


def _rows(taken: dict[tuple[str, int], list[float]], asked: argparse.Namespace) -> Iterator[Row]:
    for name in DEEDS:
        first = Row(name, taken[name, asked.sizes[0]], "ms")
        for size in asked.sizes:
            row = Row(f"{name}, {size:,}", taken[name, size], "ms")
            ratio = row.median / first.median
            goal = f"at most {GOAL}" if size != asked.sizes[0] else ""
            met = ratio <= GOAL if goal else None
            yield Row(row.what, row.values, row.unit, ratio, goal, met)


@contextmanager
def _databases(folder: Path, *, postgresql: bool) -> Iterator[list[str]]:
    if not postgresql:
        yield [f"sqlite:///{folder}/{number}.sqlite3" for number in range(len(SIZES))]
        return
    with ExitStack() as stack:
        server = stack.enter_context(own_postgres())
        yield [
            stack.enter_context(new_database(server.url, f"bench_{number}"))
            for number in range(len(SIZES))
        ]


def _filled(url: str, folder: Path, size: int) -> Flask:
    """Return a Peyk with so many messages in its database."""
    with place.peyk(folder, database_url=url) as app:
        dialect = db.engine.dialect.name
        numbers, at = NUMBERS[dialect].format(count=size), _AT[dialect]
        for statement in (_MESSAGES, _ATTEMPTS):
            db.session.execute(text(statement.format(numbers=numbers, at=at)))
            db.session.commit()
        if dialect == "postgresql":
            sequence = "select setval('outbox_messages_id_seq', :last)"
            db.session.execute(text(sequence), {"last": size})
            db.session.commit()
            # What the server does by itself some minutes later.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("vacuum analyze"))
        print(f"{size:,} messages are there", file=sys.stderr)
        return app


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--sizes", type=int, nargs=3, default=SIZES)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
