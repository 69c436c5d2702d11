"""Who opens the pages in these tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from sqlalchemy import event

from app import create_app
from app.config import Config
from app.core import site
from app.extensions import db
from app.web.mail_state import mail_now
from tests.page import read
from tests.web import people
from tests.web.browser import Browser


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The browser of a visitor."""
    return Browser(app, app.response_class)


@pytest.fixture
def nika(app: Flask) -> FlaskClient:
    """The browser of an administrator."""
    return people.nika(app)


@pytest.fixture
def omid(app: Flask) -> FlaskClient:
    """The browser of somebody without rights."""
    return people.omid(app)


@pytest.fixture
def token(client: FlaskClient) -> str:
    """The form token of a visitor."""
    return read(client.get("/login").text).values()["csrf_token"]


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """What was asked of the database, from now on."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def development(
    tables: Flask, config: Config, compiled: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Flask:
    """One application as developers have it."""
    folder = tmp_path_factory.mktemp("development")
    app = create_app(replace(config, mode="development", instance_path=folder))
    app.jinja_env.bytecode_cache = compiled
    return app


@pytest.fixture
def developing(app: Flask, development: Flask, config: Config, tmp_path: Path) -> Flask:
    """The application of developers with empty tables and a folder of its own."""
    fresh = replace(config, mode="development", instance_path=tmp_path)
    development.extensions["peyk.config"] = fresh
    with development.app_context():
        site.forget()
        mail_now.forget()
    return development
