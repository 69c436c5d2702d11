"""The dashboard of a Peyk whose worker has stood still: `python -m bench.uncounted [--postgresql]`.

A million attempts that nobody has counted by quarters, and as many mails, a fifth of them given up
and the others waiting, beside a Peyk with some hundred of each, asked by turns; then once more when
the worker has counted. Only the ratios mean something.
"""

import argparse
import statistics
import sys
import time
from contextlib import ExitStack

from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.mail.status import traffic
from bench import full_lists, rendering
from bench.growth import NUMBERS

MOST, ROUNDS, FEW = 1.5, 15, 300
PATHS = ("/system/", "/system/?span=7d", "/system/?span=30d")
_AT = {
    "sqlite": "datetime('now', '-' || (i * 2592000.0 / {count}) || ' seconds') || '.000000'",
    "postgresql": "now() - i * interval '30 days' / {count}",
}
_MESSAGES = """
insert into outbox_messages (id, kind, about, recipient, recipient_key, locale, message_id,
    dedupe_key, state, created_at, due_at, expires_at, finished_at, claims, rounds,
    may_be_duplicate, last_outcome)
{numbers} select i, case when i % 2 = 0 then 'activation' else 'recovery' end, i,
    'n' || i || '@example.com', 'n' || i || '@example.com', 'fa', '<' || i || '@old>', 'old:' || i,
    case when i % 5 = 0 then 'failed' else 'queued' end, {at}, {at}, {at},
    case when i % 5 = 0 then {at} else null end, 0, 1, false, '' from n
"""
_PEOPLE = """
insert into pending_registrations (id, name, email, email_key, password_hash, locale, created_at,
    mail_requested_at, keep_until, handle_digest, occasion)
{numbers} select i, 'n' || i, 'n' || i || '@example.com', 'n' || i || '@example.com', '', 'fa',
    {at}, {at}, {at}, 'd' || i, 1 from n where i % 2 = 0
"""
_ATTEMPTS = """
insert into delivery_attempts (outbox_id, at, server, host, stage, outcome, fate, code, enhanced,
    reply, duration_ms, tls, may_be_duplicate)
{numbers} select i, {at}, 'primary', 'mail.example.com', 'message', 'accepted', 'sent', 250,
    '2.0.0', 'queued', 80, 'TLSv1.3', false from n
"""


def main() -> int:
    """Fill, ask in turns, count, ask again; 1 when a page takes more than half as long again."""
    asked = _arguments()
    with ExitStack() as stack:
        small, full = (stack.enter_context(full_lists.peyk(asked.postgresql)) for _ in range(2))
        _fill(small, FEW)
        _fill(full, asked.messages)
        slow = _compare("uncounted", small, full)
        begun = time.perf_counter()
        for peyk in (small, full):
            with peyk.app_context():
                written = traffic.roll_up()
        print(f"counted into {written} quarters in {time.perf_counter() - begun:.1f} s")
        return 1 if slow + _compare("counted", small, full) else 0


def _compare(name: str, small: Flask, full: Flask) -> int:
    slow = 0
    for path in PATHS:
        asks = [rendering.asking_admin(peyk, path) for peyk in (small, full)]
        times = [[full_lists.milliseconds(ask) for ask in asks] for _ in range(ROUNDS + 2)][2:]
        few, many = (statistics.median(column) for column in zip(*times, strict=True))
        slow += many > MOST * few
        ratio = f"{many / few:5.2f} times"
        print(f"{name:<10} {path:<20} {few:7.1f} ms {many:7.1f} ms {ratio}", flush=True)
    return slow


def _fill(app: Flask, count: int) -> None:
    with app.app_context():
        dialect = db.engine.dialect.name
        numbers, at = NUMBERS[dialect].format(count=count), _AT[dialect].format(count=count)
        for statement in (_MESSAGES, _PEOPLE, _ATTEMPTS):
            db.session.execute(text(statement.format(numbers=numbers, at=at)))
            db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
