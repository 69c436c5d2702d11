"""The second step of signing in: setting an app up, moving it, new recovery codes, taking it away.

Whoever changes it proves with password and code that it is theirs; everybody else who is signed
in with the account is signed out, and a mail tells its owner.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.accounts import confirmation, sessions, users
from app.accounts.models import User
from app.accounts.passwords import passwords, rules
from app.accounts.passwords.policy import Problem
from app.accounts.profile import Here
from app.accounts.second_factor import codes as second_factor_codes
from app.accounts.second_factor import recovery_codes, totp
from app.accounts.second_factor.codes import CodeRefused, purpose
from app.accounts.second_factor_models import Enrolment, SecondFactor
from app.accounts.users import WeakPassword
from app.config import current_config
from app.core import audit, clock, transaction, vault
from app.core.addresses import Address
from app.core.audit import Actor
from app.core.errors import NotFound, Refused
from app.core.vault import VaultKeyLost
from app.extensions import db
from app.mail.engine import engine

SWITCHED_ON = "second_factor_on"
SWITCHED_OFF = "second_factor_off"
CODES_RENEWED = "recovery_codes_renewed"
ENROLMENT_LIFE = timedelta(minutes=30)


class NothingToConfirm(Refused):
    """No secret waits for its first code: its time is over, or it is in use already."""


class FactorRequired(Refused):
    """The operator wants administrators to have a second step: it cannot be taken away."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody typed to prove that the account is theirs."""

    password: str = field(repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody's second step stands."""

    since: datetime | None
    codes_left: int
    is_required: bool

    @property
    def has_few_codes(self) -> bool:
        """Tell whether it is time to make new ones."""
        return self.since is not None and self.codes_left <= recovery_codes.FEW


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change leaves in the hands of its person: shown and handed over once."""

    session: str = field(repr=False)
    codes: tuple[str, ...] = field(default=(), repr=False)


def look(user_id: int) -> Look:
    """Return how somebody's second step stands."""
    user, factor = db.session.get_one(User, user_id), db.session.get(SecondFactor, user_id)
    since = factor.since if factor else None
    return Look(since, recovery_codes.left(user_id) if factor else 0, is_required(user))


def is_on(user_id: int) -> bool:
    """Tell whether somebody signs in in two steps."""
    return db.session.get(SecondFactor, user_id) is not None


def is_required(user: User) -> bool:
    """Tell whether the operator wants this person to sign in in two steps."""
    return current_config().wants_second_factor(is_admin=user.is_admin)


def begin(here: Here, proof: Proof, actor: Actor) -> None:
    """Prepare a secret for an app; it counts once a code has confirmed it.

    Whoever has an app already proves it with a code: this is also how one moves to another phone.
    """
    _prove(here, proof, actor)
    sealed = vault.seal(totp.new_secret(), _purpose_of(here))
    _forget_enrolment(here.user_id)
    ends_at = clock.now() + ENROLMENT_LIFE
    db.session.add(Enrolment(user_id=here.user_id, sealed_secret=sealed, ends_at=ends_at))
    db.session.commit()


def waiting_secret(here: Here) -> str:
    """Return the secret that waits for its first code; raise `NothingToConfirm` without one.

    Another session than the one in which the password was typed has none: it may be a thief's.
    """
    enrolment = db.session.get(Enrolment, here.user_id)
    if enrolment is None or enrolment.ends_at <= clock.now():
        raise NothingToConfirm(f"user {here.user_id}")
    try:
        return vault.unseal(enrolment.sealed_secret, _purpose_of(here))
    except VaultKeyLost as lost:
        raise NothingToConfirm(str(lost)) from lost


def confirm(here: Here, typed: str, actor: Actor) -> Changed:
    """Let the secret count from now on; return recovery codes and the session that goes on.

    Raises `CodeRefused` for another code, `NothingToConfirm` when no secret waits.
    """
    waiting_secret(here)  # without one nothing is counted: no stolen session uses up the tries
    second_factor_codes.count(here.user_id, typed, actor.ip)
    transaction.begin()
    user = _held(here.user_id)
    secret, was_on = waiting_secret(here), is_on(user.id)
    step = totp.matching_step(secret, typed, clock.now(), after=0)
    if step is None:
        db.session.rollback()
        raise CodeRefused(f"user {user.id}")
    _put(user.id, secret, step)
    event = "second_factor.moved" if was_on else "second_factor.switched_on"
    fresh = recovery_codes.make(user.id)
    return _finish(user, here, actor, event, SWITCHED_ON, fresh)


def renew_codes(here: Here, proof: Proof, actor: Actor) -> Changed:
    """Make new recovery codes; those before are worth nothing any more."""
    user = _prove(here, proof, actor)
    fresh = recovery_codes.make(user.id)
    return _finish(user, here, actor, "second_factor.codes_renewed", CODES_RENEWED, fresh)


def switch_off(here: Here, proof: Proof, actor: Actor) -> Changed:
    """Take the second step away; raise `FactorRequired` from whom the operator demands it.

    Raises `WeakPassword` when the password is too short to open the panel alone from now on.
    """
    if is_required(db.session.get_one(User, here.user_id)):
        raise FactorRequired(f"user {here.user_id}")
    user = _prove(here, proof, actor)
    at_least = rules.least(opens_panel_alone=user.is_admin)
    if user.is_admin and len(passwords.normal(proof.password)) < at_least:
        db.session.rollback()
        raise WeakPassword(Problem.TOO_SHORT, at_least)
    _forget(user.id)
    return _finish(user, here, actor, "second_factor.switched_off", SWITCHED_OFF)


def reset(address: Address, actor: Actor) -> User:
    """Take the second step away from somebody who has lost app and codes; all sessions end."""
    transaction.begin()
    user = users.find(address)
    if user is None:
        raise NotFound(address.key)
    had_one = is_on(user.id)
    _forget(user.id)
    sessions.close_all(user.id)
    if had_one:
        users.notify(user, SWITCHED_OFF)
    audit.record("second_factor.reset", actor=actor, target=f"user:{user.id}")
    db.session.commit()
    engine.wake()
    return user


def forget_new(user: User, since: datetime) -> bool:
    """Take a second step away that was set up at that moment or later, and every secret that waits.

    In the caller's transaction; tells whether there was one. One that is older stays, whoever
    moved it to another phone since: for that a code of the older one was wanted.
    """
    _forget_enrolment(user.id)
    factor = db.session.get(SecondFactor, user.id, populate_existing=True)
    if factor is None or factor.since < since:
        return False
    _forget(user.id)
    users.notify(user, SWITCHED_OFF)
    return True


def _prove(here: Here, proof: Proof, actor: Actor) -> User:
    """Begin the transaction of a deed whose person has proven password and code.

    Raises `WrongPassword`, `CodeRefused` or `TooOften`. The code is spent by the deed.
    """
    wants_code = is_on(here.user_id)
    checked = confirmation.check(here.user_id, here.session_id, proof.password, actor)
    if wants_code:
        second_factor_codes.count(here.user_id, proof.code, actor.ip)
    user = confirmation.hold(here.user_id, checked)
    if wants_code:
        second_factor_codes.spend(user, proof.code, actor)
    return user


def _finish(
    user: User,
    here: Here,
    actor: Actor,
    event: str,
    mail: str,
    fresh: tuple[str, ...] = (),
) -> Changed:
    """End the other sessions, renew this one, tell the owner, write it down; commit."""
    sessions.close_all(user.id, but=here.session_id)
    secret = sessions.renew(here.session_id)
    users.notify(user, mail)
    audit.record(event, actor=actor, target=f"user:{user.id}", details={"secret": "changed"})
    db.session.commit()
    engine.wake()
    return Changed(secret, fresh)


def _held(user_id: int) -> User:
    """The person, held until the transaction ends: two changes at once follow one another."""
    held = select(User).where(User.id == user_id).with_for_update()
    return db.session.scalars(held.execution_options(populate_existing=True)).one()


def _purpose_of(here: Here) -> str:
    """What binds a secret that waits to the session which asked for it."""
    return f"{purpose(here.user_id)}:{here.session_id}"


def _put(user_id: int, secret: str, step: int) -> None:
    """Keep the secret; somebody who only moves to another app has had a second step all along."""
    before = db.session.get(SecondFactor, user_id)
    since = before.since if before else clock.now()
    _forget(user_id)
    sealed = vault.seal(secret, purpose(user_id))
    db.session.add(SecondFactor(user_id=user_id, sealed_secret=sealed, last_step=step, since=since))


def _forget(user_id: int) -> None:
    _forget_enrolment(user_id)
    its = delete(SecondFactor).where(SecondFactor.user_id == user_id)
    db.session.execute(its.execution_options(synchronize_session="fetch"))
    recovery_codes.forget(user_id)


def _forget_enrolment(user_id: int) -> None:
    its = delete(Enrolment).where(Enrolment.user_id == user_id)
    db.session.execute(its.execution_options(synchronize_session="fetch"))
