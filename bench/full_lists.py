"""Lists with much in them beside short ones: `python -m bench.full_lists [--postgresql]`.

A million messages, a million entries of the audit and a hundred thousand people by default, put in
in bulk. Each page is asked in turn of an empty Peyk, of one whose lists fill just a page, and of
the full one, so that the noise of the machine hits all; the figures are milliseconds as a browser
would wait, and how often the full one takes as long as the one with a page, and as the empty one.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.accounts.people import words
from app.extensions import db
from bench import rendering
from bench.growth import NUMBERS
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
# So far back that the rows of a table reach over the days given; the last one is of just now.
_AGO = {
    "sqlite": "datetime('now', '-' || (({count} - i) * 86400.0 * days / {count}) || ' seconds')"
    " || '.000000'",
    "postgresql": "now() - ({count} - i) * interval '1 day' * days / {count}",
}
_PEOPLE = """
insert into users (id, name, email, email_key, password_hash, role, state, locale, created_at,
    activated_at)
{numbers} select i, 'شخص ' || (i - 1), 'p' || (i - 1) || '@example.com',
    'p' || (i - 1) || '@example.com', '', 'user',
    case when (i - 1) % 997 = 0 then 'disabled' else 'active' end, 'fa', {at}, {at}
    from n, (select 70 as days) as period
"""
_WORD = "insert into user_words (owner_id, word) {numbers} select i, '{word}' from n"
# Mails of two months: nearly all accepted, one in a thousand failed.
_MESSAGES = """
insert into outbox_messages (id, kind, about, recipient, recipient_key, locale, message_id,
    dedupe_key, state, created_at, due_at, expires_at, finished_at, claims, rounds, last_server,
    may_be_duplicate, last_outcome)
{numbers} select i, case i * 7 % 4 when 0 then 'activation' when 1 then 'already_registered'
    when 2 then 'recovery' else 'password_changed' end, i, 'p' || i % 100000 || '@example.com',
    'p' || i % 100000 || '@example.com', 'fa', '<' || i || '@example.com>', 'bench:' || i,
    case when i % 1000 = 0 then 'failed' else 'sent' end, {at}, {at}, {at}, {at}, 0, 1,
    case when i / 4 * 5 % 3 = 0 then 'secondary' else 'primary' end, false, 'accepted'
    from n, (select 60 as days) as period
"""
# Entries of a year: half of them sign-ins, the rest registrations and deeds with mail.
_ENTRIES = """
insert into audit_entries (at, actor_id, actor, event, target, details, ip, request_id)
{numbers} select {at}, null, case when i % 4 < 2 then 'p' || i / 4 % 100000 || '@example.com'
    when i % 4 = 2 then 'visitor' else 'console' end, case when i % 4 < 2 then 'session.opened'
    when i % 4 = 2 then 'registration.requested' else 'outbox.retried' end,
    case when i % 4 < 2 then 'user:' when i % 4 = 2 then 'registration:' else 'outbox:' end
    || (i / 4 % 100000 + 1), '{{}}', '192.0.2.7', 'bench' || i
    from n, (select 365 as days) as period
"""


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
    """Let the database make the rows: it takes a tenth of the time that sending them would take."""
    with app.app_context():
        dialect = db.engine.dialect.name
        for statement, count in (
            (_PEOPLE, people),
            *((pattern, people) for pattern in _patterns()),
            (_MESSAGES, messages),
            (_ENTRIES, entries),
        ):
            numbers = NUMBERS[dialect].format(count=count)
            at = _AGO[dialect].format(count=count)
            db.session.execute(text(statement.format(numbers=numbers, at=at)))
            db.session.commit()
        if dialect == "postgresql":
            for table, last in (("users", people), ("outbox_messages", messages)):
                db.session.execute(text(f"select setval('{table}_id_seq', {last})"))
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _patterns() -> Iterator[str]:
    """Give the words by which each of these people is found, as the database writes them."""
    number = "77"
    for word in words.words_of(f"شخص {number}", f"p{number}@example.com"):
        yield _WORD.replace("{word}", word.replace(number, "' || (i - 1) || '"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
