"""Two who are signed in: nika, an administrator, and omid, who is not."""

from flask import Flask
from flask.testing import FlaskClient

from app.accounts import users
from app.accounts.models import User, UserRole
from app.accounts.sessions import open_for
from app.core import addresses, audit
from app.extensions import db
from app.web.http.cookies import SIGNED_IN_AS
from tests.pressing import send
from tests.web.browser import Browser

PASSWORD = "Kuhestan-talab-42-barg"


def nika(app: Flask) -> FlaskClient:
    """The browser of an administrator."""
    return browser(app, _person("nika@example.com", "نیکا رضایی"))


def nika_elsewhere(app: Flask) -> FlaskClient:
    """Another browser of the same administrator."""
    return browser(app, db.session.scalars(db.select(User).order_by(User.id)).all()[0])


def omid(app: Flask) -> FlaskClient:
    """The browser of somebody without rights."""
    person = _person("omid@example.com", "امید کریمی")
    person.role = UserRole.USER
    db.session.commit()
    return browser(app, person)


def speak(client: FlaskClient, code: str) -> None:
    """Switch to a language as somebody who is signed in does: it stays with the account."""
    send(client, "/language", locale=code)


def all_speak(code: str) -> None:
    """Give every account that language, without a visit: quick, for pages that are about others."""
    db.session.execute(db.update(User).values(locale=code))
    db.session.commit()


def _person(email: str, name: str) -> User:
    return users.create_admin(addresses.parse(email), name, PASSWORD, audit.CONSOLE)


def browser(app: Flask, person: User) -> FlaskClient:
    client = Browser(app, app.response_class)
    secret = open_for(person, ip="127.0.0.1", user_agent="tests")
    db.session.commit()
    with client.session_transaction() as session:
        session[SIGNED_IN_AS] = secret
    return client
