"""What people change about themselves at once: name, language, time zone, password."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from app.accounts import confirmation, known_browsers, sessions, users
from app.accounts.models import User
from app.accounts.passwords import rules
from app.core import audit, transaction
from app.core.audit import Actor
from app.extensions import db
from app.mail.engine import engine


def find(user_id: int) -> User:
    """Return somebody who is signed in."""
    return db.session.get_one(User, user_id)


@dataclass(frozen=True, slots=True)
class Details:
    """How somebody is called and spoken to; a time zone of None is that of the site."""

    name: str
    locale: str
    time_zone: str | None


def change_details(user_id: int, details: Details, actor: Actor) -> None:
    """Give somebody another name, language and time zone; commit."""
    _change(user_id, asdict(details), actor)


def choose_language(user_id: int, locale: str, actor: Actor) -> None:
    """Speak to somebody in another language from now on; commit."""
    _change(user_id, {"locale": locale}, actor)


def _change(user_id: int, wanted: Mapping[str, str | None], actor: Actor) -> None:
    """Write what is not so already, and into the audit from what to what; commit."""
    transaction.begin()
    user = db.session.get_one(User, user_id, populate_existing=True)
    changed = {}
    for name, value in wanted.items():
        if (before := getattr(user, name)) != value:
            setattr(user, name, value)
            changed[name] = {"from": before, "to": value}
    if changed:
        whom = f"user:{user.id}"
        audit.record("user.details_changed", actor=actor, target=whom, details=changed)
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
    checked = confirmation.check(here.user_id, here.session_id, present, actor)
    user = find(here.user_id)
    name, email, at_least = user.name, user.email, rules.least_for(user)
    db.session.commit()  # nothing of the database is held while the password is hashed
    password_hash = users.accepted(new, name, email, at_least)
    user = confirmation.hold(here.user_id, checked)
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
