"""Sign-in: one answer and one price for unknown, wrong, waiting and disabled."""

from dataclasses import dataclass, field

from sqlalchemy import select

from app.accounts import limits, passwords, returning, second_step, sessions
from app.accounts.limits import Counted
from app.accounts.models import User
from app.accounts.second_step import CodeWanted
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
    remember: bool = False
    user_agent: str = ""


def sign_in(credentials: Credentials, actor: Actor) -> str:
    """Open a session and return its secret; raise `SignInRefused` or `TooOften`.

    Whoever signs in in two steps is not in yet: `CodeWanted` has the ticket for the second one.
    Who has registered and not activated is refused too, but led back (`StillWaiting`).

    Tries are counted before any hashing, for unknown names too; those that turn out well are
    given back, so that nobody locks themselves out by signing in.
    """
    tries = _tries(credentials.email, actor.ip)
    limits.spend(*tries)
    user_id = _whose(credentials)
    if user_id is None and (handle := _waiting(credentials, actor)):
        limits.give_back(*tries)
        raise StillWaiting(handle)
    if user_id is None:
        audit.record("session.refused", actor=actor)
        db.session.commit()
        raise SignInRefused("address or password")
    limits.give_back(*tries)
    return _open(user_id, credentials, actor)


def _tries(email: str, ip: str) -> tuple[Counted, ...]:
    account = f"{limits.address_key(email)}|{limits.network(ip)}"
    return (limits.SIGN_IN_PER_ACCOUNT, account), (limits.SIGN_IN_PER_IP, limits.origin(ip))


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


def _open(user_id: int, credentials: Credentials, actor: Actor) -> str:
    user = db.session.get_one(User, user_id)
    better = _better_hash(user.password_hash, credentials.password)
    transaction.begin()
    if better:
        user.password_hash = better
    if second_step.is_wanted(user):
        ticket = second_step.begin(
            user, remember=credentials.remember, user_agent=credentials.user_agent
        )
        db.session.commit()
        raise CodeWanted(ticket)
    token = sessions.open_for(
        user,
        remember=credentials.remember,
        ip=actor.ip,
        user_agent=credentials.user_agent,
    )
    signed_in = Actor(user.id, user.email, actor.ip, actor.request_id)
    audit.record("session.opened", actor=signed_in, target=f"user:{user.id}")
    db.session.commit()
    return token


def _better_hash(stored: str, password: str) -> str | None:
    """Return a new hash when the parameters have risen since the stored one was made."""
    return passwords.hashed(password) if passwords.needs_rehash(stored) else None
