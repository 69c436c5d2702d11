"""Who opens the pages in these tests."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

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
