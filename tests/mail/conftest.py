"""The mail service with a kind of mail of its own, and two servers to send through."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from app.extensions import db
from app.mail import kinds
from app.mail.delivery import worker
from app.mail.models import DeliveryAttempt, OutboxMessage, Role
from app.mail.outbox import outbox
from tests.postbox import nobody
from tests.serving import use

_TEMPLATES = {
    "mail/note.txt": "سلام {{ name }}\n\nhttp://localhost/note\n",
    "mail/note.html": "<p dir=rtl>سلام {{ name }}</p>",
}


@dataclass
class Notes:
    """A kind of mail that remembers what was written and what was accepted."""

    accepted: list[tuple[int, datetime]] = field(default_factory=list)
    pointless: set[int] = field(default_factory=set)
    written: int = 0
    name: str = "Sara"

    def write(self, request: kinds.MailRequest) -> kinds.Words | None:
        """Write one, unless it has lost its point."""
        self.written += 1
        if request.about in self.pointless:
            return None
        return kinds.Words("note", "یادداشت برای Sara", {"name": self.name})

    def note_accepted(self, request: kinds.MailRequest, at: datetime) -> None:
        """Remember an acceptance."""
        self.accepted.append((request.about, at))


@pytest.fixture(scope="session")
def loader(tables: Flask) -> ChoiceLoader:
    """One for all tests: what another loader has brought, Jinja compiles anew."""
    return ChoiceLoader([DictLoader(_TEMPLATES), tables.jinja_env.loader])  # type: ignore[list-item]


@pytest.fixture
def notes(app: Flask, loader: ChoiceLoader, monkeypatch: pytest.MonkeyPatch) -> Notes:
    """The kind of mail `note`, known to the application for one test."""
    made = Notes()
    kind = kinds.Kind("note", made.write, made.note_accepted)
    monkeypatch.setitem(app.extensions, "peyk.kinds", {"note": kind})
    monkeypatch.setattr(app.jinja_env, "loader", loader)
    return made


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with nobody() as port:
        yield port


def enqueue(about: int = 1, to: str = "sara@example.com", occasion: str = "") -> int:
    """Put a note into the outbox and return its number."""
    number = outbox.enqueue("note", about=about, to=to, locale="fa", occasion=occasion)
    db.session.commit()
    return number


def work() -> datetime | None:
    """Let a worker take one turn."""
    return worker.drain(threading.Event())


def message(number: int) -> OutboxMessage:
    """Return a message as it stands."""
    db.session.expire_all()
    return db.session.get_one(OutboxMessage, number)


def attempts() -> list[tuple[str, str, str]]:
    """Return what was tried: server, outcome, stage."""
    rows = db.session.scalars(db.select(DeliveryAttempt).order_by(DeliveryAttempt.id))
    return [(row.server, row.outcome, row.stage) for row in rows]


__all__ = ["Role", "attempts", "enqueue", "message", "use", "work"]
