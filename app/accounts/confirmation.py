"""«It is still you»: the password once more before dangerous deeds."""

from app.accounts import limits, sessions
from app.accounts.models import User
from app.accounts.passwords import passwords, rules
from app.accounts.passwords.policy import Problem
from app.accounts.users import WeakPassword
from app.core import audit, transaction
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db


class WrongPassword(Refused):
    """This is not the present password of whoever is signed in."""


def confirm(user_id: int, session_id: int, password: str, actor: Actor) -> str:
    """Check the password and return the session's new secret; commit.

    Raises `WrongPassword` or `TooOften`, and `WeakPassword` for one that is too short to open the
    panel alone: a session of before the person needed a longer one goes no further than to that.
    """
    user = hold(user_id, check(user_id, session_id, password, actor))
    if rules.is_too_short(password, user):
        at_least = rules.least_for(user)
        db.session.rollback()
        raise WeakPassword(Problem.TOO_SHORT, at_least)
    secret = sessions.renew(session_id)
    audit.record("session.confirmed", actor=actor, target=f"user:{user_id}")
    db.session.commit()
    return secret


def check(user_id: int, session_id: int, password: str, actor: Actor) -> str:
    """Return the hash that the password belongs to, for `hold`; the database is free meanwhile.

    Raises `WrongPassword`, or `TooOften`: tries are counted before any hashing, for the session
    and for the person, because a remembered browser opens as many sessions as it likes.
    """
    counted = (
        (limits.CONFIRM_PER_SESSION, str(session_id)),
        (limits.CONFIRM_PER_USER, str(user_id)),
    )
    limits.spend(*counted)
    stored = db.session.get_one(User, user_id).password_hash
    db.session.commit()  # nothing of the database is held while the password is hashed
    if not passwords.matches(password, stored):
        audit.record("session.not_confirmed", actor=actor, target=f"user:{user_id}")
        db.session.commit()
        raise WrongPassword(actor.label)
    transaction.begin()
    limits.give_back(*counted)
    db.session.commit()
    return stored


def hold(user_id: int, checked: str) -> User:
    """Begin the deed of somebody whose password was checked, and return them, held.

    Raises `WrongPassword` when they have another one by now: a deed that was on its way then was
    not theirs.
    """
    transaction.begin()
    user = db.session.get_one(User, user_id, populate_existing=True, with_for_update=True)
    if user.password_hash != checked:
        db.session.rollback()
        raise WrongPassword(str(user_id))
    return user
