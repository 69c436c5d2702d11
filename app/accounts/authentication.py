"""Sign-in: one answer and one price for unknown, wrong, waiting and disabled."""

from dataclasses import dataclass, field

from sqlalchemy import select

from app.accounts import entrance, passwords, returning, second_step, strangers, tries
from app.accounts.entrance import Entered, Visit
from app.accounts.models import User
from app.accounts.tries import Try
from app.core import addresses, audit, transaction
from app.core.addresses import InvalidAddress
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db


class SignInRefused(Refused):
    """Not with this address and this password; nobody is told which of the two is wrong."""


class StillWaiting(SignInRefused):
    """The password of a registration that waits; `handle` leads this browser back to it."""

    def __init__(self, handle: str) -> None:
        super().__init__("not activated yet")
        self.handle = handle


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed to sign in."""

    email: str
    password: str = field(repr=False)
    visit: Visit = field(default_factory=Visit)


def sign_in(credentials: Credentials, actor: Actor) -> Entered:
    """Let in whose credentials these are; raise `SignInRefused` or `TooOften`.

    Whoever signs in in two steps is not in yet: `CodeWanted` has the ticket for the second one.
    """
    user_id = identify(credentials, actor)
    second_step.ask(user_id, credentials.visit)
    return entrance.enter(user_id, credentials.visit, actor)


def identify(credentials: Credentials, actor: Actor) -> int:
    """Return whose credentials these are; raise `SignInRefused` or `TooOften`.

    Who has registered and not activated is refused too, but led back (`StillWaiting`).

    Tries are counted before any hashing, for unknown names too; one that turns out well is
    given back to its account, so that nobody locks themselves out by signing in.
    """
    counted = tries.count(credentials.email, actor.ip, credentials.visit.browser)
    user_id = _whose(credentials)
    if user_id is None and (handle := _waiting(credentials, actor)):
        counted.turned_out_well()
        raise StillWaiting(handle)
    if user_id is None:
        audit.record("session.refused", actor=actor)
        db.session.commit()
        raise SignInRefused("address or password")
    counted.turned_out_well()
    _welcome(user_id, credentials.password, counted)
    return user_id


def _whose(credentials: Credentials) -> int | None:
    """Return whose credentials these are, after the same work for everybody."""
    user = _user(credentials.email)
    user_id = user.id if user else None
    stored = user.password_hash if user else passwords.NOBODY
    may_enter = bool(user and user.is_active)
    db.session.commit()  # nothing of the database is held while the password is hashed
    right = passwords.matches(credentials.password, stored)
    return user_id if right and may_enter else None


def _waiting(credentials: Credentials, actor: Actor) -> str | None:
    """Return a handle to the attempt of these credentials.

    Asked also for addresses that belong to somebody, or the answer would tell that they do.
    """
    pending_id = returning.whose(credentials.email, credentials.password)
    return None if pending_id is None else returning.bind(pending_id, actor)


def _user(email: str) -> User | None:
    try:
        key = addresses.parse(email).key
    except InvalidAddress:
        key = ""
    return db.session.scalar(select(User).where(User.email_key == key))


def _welcome(user_id: int, password: str, counted: Try) -> None:
    """Begin to count anew what strangers tried, and hash better what was hashed long ago."""
    stored = db.session.get_one(User, user_id).password_hash
    db.session.commit()  # nothing of the database is held while the password is hashed
    better = passwords.hashed(password) if passwords.needs_rehash(stored) else ""
    if counted.is_known and not better:
        return
    transaction.begin()
    if better:
        db.session.get_one(User, user_id).password_hash = better
    if not counted.is_known:
        strangers.forgive(counted.account)
    db.session.commit()
