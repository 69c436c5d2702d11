"""Sign-in: one answer and one price for unknown, wrong, waiting and disabled."""

from dataclasses import dataclass, field
from typing import Final, NoReturn, cast

from sqlalchemy import Table, bindparam, select

from app.accounts import entrance, refusals, returning, strangers, tokens, tries
from app.accounts.entrance import Entered, Visit
from app.accounts.models import User, UserState
from app.accounts.passwords import passwords, rules
from app.accounts.second_factor import second_step
from app.accounts.tries import Try
from app.core import addresses, audit, transaction
from app.core.addresses import InvalidAddress
from app.core.audit import Actor
from app.core.errors import Refused
from app.core.prepared import PreparedQuery, Row
from app.extensions import db
from app.mail.engine import engine

_OF_NO_MAIL: Final = 0
_U = cast(Table, User.__table__).c
_BY_ADDRESS = PreparedQuery(
    select(_U.id, _U.email, _U.password_hash, _U.state).where(_U.email_key == bindparam("key"))
)
_NOBODY: Row = (0, "", passwords.NOBODY, "")
_PERSON = select(User).where(User.id == bindparam("number")).with_for_update()
_AS_IT_IS = {"populate_existing": True}


class SignInRefused(Refused):
    """Not with this address and this password; nobody is told which of the two is wrong."""


class LongerPasswordWanted(SignInRefused):
    """The right password, but too short for the panel; `link` leads to the choice of another."""

    def __init__(self, link: str) -> None:
        super().__init__("a longer password is wanted")
        self.link = link


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

    Who has registered and not activated is refused too, but led back (`StillWaiting`). Whoever
    signs in in two steps is not in yet: `CodeWanted` has the ticket for the second one; nor is an
    administrator whose password is too short to open the panel alone (`LongerPasswordWanted`).

    Tries are counted before any hashing, for unknown names too; one that turns out well is
    given back to its account, so that nobody locks themselves out by signing in.
    """
    counted = tries.count(credentials.email, actor.ip, credentials.visit.browser)
    known = _whose(credentials)
    if not known.is_right:
        _turn_away(credentials, known, counted, actor)
    better = _hashed_better(credentials.password, known.password_hash)
    transaction.begin()
    user = _held(known)
    if better != user.password_hash:
        user.password_hash = better
    counted.turned_out_well()
    if not counted.is_known:
        strangers.forgive(counted.account)
    second_step.ask(user.id, credentials.visit)
    _want_longer_password(user, credentials.password, actor)
    entered = entrance.admit(user, credentials.visit, actor)
    db.session.commit()
    if entered.is_told:
        engine.wake()
    return entered


@dataclass(frozen=True, slots=True)
class _Known:
    """Whose address was typed, the hash that the password was compared with, and the outcome."""

    id: int
    email: str
    password_hash: str = field(repr=False)
    is_right: bool


def _whose(credentials: Credentials) -> _Known:
    """Return whose credentials these are, nobody's too, after the same work for everybody."""
    number, email, stored, state = _row(credentials.email)
    db.session.rollback()  # nothing of the database is held while the password is hashed
    is_right = passwords.matches(credentials.password, stored)
    return _Known(number, email, stored, is_right and state == UserState.ACTIVE)


def _hashed_better(password: str, stored: str) -> str:
    """Return the hash to keep: another one where it was made long ago, with less work."""
    return passwords.hashed(password) if passwords.needs_rehash(stored) else stored


def _held(known: _Known) -> User:
    """Return the person in the transaction that lets them in, as far as nothing has changed."""
    user = db.session.scalar(_PERSON, {"number": known.id}, execution_options=_AS_IT_IS)
    if user is None or not user.is_active or user.password_hash != known.password_hash:
        db.session.rollback()
        raise SignInRefused("changed meanwhile")
    return user


def _want_longer_password(user: User, password: str, actor: Actor) -> None:
    """Let nobody in whose password is too short for the panel; commit, and raise with the link.

    No session is opened, so nothing goes around it; and the link is that of a forgotten password,
    which needs no mail here, so nobody is locked out.
    """
    if not rules.is_too_short(password, user):
        return
    link = tokens.issue_recovery(user, _OF_NO_MAIL)
    audit.record("session.longer_password_wanted", actor=actor, target=f"user:{user.id}")
    db.session.commit()
    raise LongerPasswordWanted(link)


def _turn_away(credentials: Credentials, known: _Known, counted: Try, actor: Actor) -> NoReturn:
    """Refuse all in one way, but lead back whose registration waits."""
    handle = _waiting(credentials, actor)
    transaction.begin()
    if handle:
        counted.turned_out_well()
    else:
        refusals.note(actor, known.email)
    db.session.commit()
    raise StillWaiting(handle) if handle else SignInRefused("address or password")


def _waiting(credentials: Credentials, actor: Actor) -> str | None:
    """Return a handle to the attempt of these credentials.

    Asked also for addresses that belong to somebody, or the answer would tell that they do.
    """
    pending_id = returning.whose(credentials.email, credentials.password)
    return None if pending_id is None else returning.bind(pending_id, actor)


def _row(email: str) -> Row:
    """Return number, address, hash and state of who has this address, or those of nobody."""
    try:
        key = addresses.parse(email).key
    except InvalidAddress:
        key = ""
    rows = transaction.ask(_BY_ADDRESS, {"key": key})
    return rows[0] if rows else _NOBODY
