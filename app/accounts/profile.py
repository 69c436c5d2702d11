"""What people change about themselves at once: name, language, password."""

from dataclasses import dataclass, field

from app.accounts import confirmation, known_browsers, password_rules, sessions, users
from app.accounts.models import User
from app.core import audit, transaction
from app.core.audit import Actor
from app.extensions import db
from app.mail import engine


def find(user_id: int) -> User:
    """Return somebody who is signed in."""
    return db.session.get_one(User, user_id)


def change_details(user_id: int, name: str, locale: str, actor: Actor) -> None:
    """Give somebody another name and language; commit."""
    transaction.begin()
    user = db.session.get_one(User, user_id, populate_existing=True)
    if (user.name, user.locale) != (name, locale):
        user.name, user.locale = name, locale
        audit.record("user.details_changed", actor=actor, target=f"user:{user.id}")
    db.session.commit()


def choose_language(user_id: int, locale: str, actor: Actor) -> None:
    """Speak to somebody in another language from now on; commit."""
    transaction.begin()
    user = db.session.get_one(User, user_id, populate_existing=True)
    if user.locale != locale:
        user.locale = locale
        audit.record("user.details_changed", actor=actor, target=f"user:{user.id}")
    db.session.commit()


@dataclass(frozen=True, slots=True)
class Here:
    """Who is signed in, in which session of which browser."""

    user_id: int
    session_id: int
    browser: str = field(default="", repr=False)


def change_password(here: Here, present: str, new: str, actor: Actor) -> str:
    """Exchange the password; return the new secret of this session, all others end; commit.

    Raises `WrongPassword`, `WeakPassword` or `TooOften`. A mail tells the person.
    """
    confirmation.check(here.user_id, here.session_id, present, actor)
    user = find(here.user_id)
    name, email, at_least = user.name, user.email, password_rules.least_for(user)
    db.session.commit()  # nothing of the database is held while the password is hashed
    password_hash = users.accepted(new, name, email, at_least)
    transaction.begin()
    user = db.session.get_one(User, here.user_id, populate_existing=True, with_for_update=True)
    users.replace_hash(user, password_hash)
    known_browsers.note(user.id, here.browser)
    sessions.close_all(user.id, but=here.session_id)
    users.notify(user, users.PASSWORD_CHANGED)
    secret = sessions.renew(here.session_id)
    audit.record(
        "user.password_changed",
        actor=actor,
        target=f"user:{user.id}",
        details={"password": "changed"},
    )
    db.session.commit()
    engine.wake()
    return secret
