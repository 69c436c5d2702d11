"""A Peyk with a small kind of mail, for workers that are killed."""

from datetime import timedelta

from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from app import create_app
from app.accounts.mails import mails
from app.config import Config
from app.mail import kinds
from app.mail.outbox import claims

_TEMPLATES = {
    "mail/note.txt": "سلام\n\nیادداشت {{ number }}\n",
    "mail/note.html": "<p dir=rtl>یادداشت {{ number }}</p>",
}


@kinds.mail("note")
def note(request: kinds.MailRequest) -> kinds.Words:
    """Write a note that says its number."""
    return kinds.Words("note", "یادداشت", {"number": request.about})


def make(config: Config | None = None) -> Flask:
    """Make the application, by default from the environment."""
    app = create_app(config)
    kinds.register(app, (*mails.KINDS, note))
    loaders = [DictLoader(_TEMPLATES), app.jinja_env.loader]
    app.jinja_env.loader = ChoiceLoader([loader for loader in loaders if loader])
    return app


def create() -> Flask:
    """Make the application for `flask --app tests.torture_app:create`."""
    return make()


def hasty() -> Flask:
    """Make the real one, in which what a dead hand holds is free after seconds, not a minute."""
    claims.LEASE = timedelta(seconds=10)
    return create_app()
