"""An installation beside the tests: its application here, its processes as an operator has them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.config import Config
from app.extensions import db
from app.mail.engine import engine


@contextmanager
def installed(environment: Mapping[str, str]) -> Iterator[Flask]:
    """Lend the application of these variables with its tables, inside its context."""
    made = create_app(Config.from_environment(environment))
    with made.app_context():
        upgrade()
        yield made
        engine.current().stop()
        db.session.remove()
        db.engine.dispose()
