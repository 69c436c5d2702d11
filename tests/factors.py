"""Somebody with an app on the phone: its secret, its codes, the recovery codes on paper."""

from dataclasses import dataclass

from app.accounts import sessions
from app.accounts.models import User
from app.accounts.profile import Here
from app.accounts.second_factor import second_factor, totp
from app.accounts.second_factor.second_factor import Proof
from app.core import clock
from app.core.audit import Actor
from app.extensions import db
from tests.people import PASSWORD


@dataclass
class App:
    """An authenticator app and the paper beside it."""

    user_id: int
    secret: str
    paper: list[str]
    session: str

    def code(self, steps=0):
        """What the app shows now, or some half minutes from now."""
        return totp.code(self.secret, totp.step_at(clock.now()) + steps)


def by(user):
    return Actor(user.id, user.email, "192.0.2.7")


def session_of(user):
    secret = sessions.open_for(user, ip="192.0.2.7", user_agent="tests")
    db.session.commit()
    return secret


def place(user, session=None):
    """Where somebody is signed in."""
    return Here(user.id, sessions.number_of(session or session_of(user)))


def enrol(user, password=PASSWORD, session=None, code=""):
    """Set an app up as its person does; half a minute of the clock is used up by it."""
    here, actor = place(user, session), by(user)
    second_factor.begin(here, Proof(password, code), actor)
    secret = second_factor.waiting_secret(here)
    typed = totp.code(secret, totp.step_at(clock.now()))
    changed = second_factor.confirm(here, typed, actor)
    return App(here.user_id, secret, list(changed.codes), changed.session)


def person(user_id):
    return db.session.get_one(User, user_id)
