"""People: the first administrator, who manages the system, and what a new password brings."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from app.accounts import known_browsers, limits, sessions, strangers, tokens, waiting_address
from app.accounts.models import RecoveryToken, User, UserRole, UserState
from app.accounts.passwords import passwords, rules
from app.accounts.passwords.policy import Problem
from app.core import addresses, audit, clock, site, transaction
from app.core.addresses import Address
from app.core.audit import Actor
from app.core.errors import NotFound, Refused
from app.extensions import db
from app.mail.engine import engine
from app.mail.outbox import outbox

RECOVERY = "recovery"
PASSWORD_CHANGED = "password_changed"


class WeakPassword(Refused):
    """The password does not pass the policy: why, and how many characters it needs at least."""

    def __init__(self, problem: Problem, at_least: int) -> None:
        super().__init__(problem.value)
        self.problem, self.at_least = problem, at_least


class AlreadyThere(Refused):
    """Somebody has this address already."""


def create_admin(address: Address, name: str, password: str, actor: Actor) -> User:
    """Make an administrator who may sign in at once; raise `AlreadyThere` or `WeakPassword`."""
    at_least = rules.least(opens_panel_alone=True)
    password_hash = accepted(password, name, address.display, at_least)
    transaction.begin()
    if find(address) is not None:
        raise AlreadyThere(address.key)
    now = clock.now()
    user = User(
        name=name,
        email=address.display,
        email_key=address.key,
        password_hash=password_hash,
        role=UserRole.ADMIN,
        state=UserState.ACTIVE,
        locale=site.current().locale,
        created_at=now,
        activated_at=now,
    )
    db.session.add(user)
    db.session.flush()
    audit.record("user.admin_created", actor=actor, target=_target(user))
    db.session.commit()
    return user


def promote(address: Address, actor: Actor) -> User:
    """Make somebody an administrator; they sign in anew."""
    user = _begin(address)
    user.role, user.state = UserRole.ADMIN, UserState.ACTIVE
    sessions.close_all(user.id)
    audit.record("user.promoted", actor=actor, target=_target(user))
    db.session.commit()
    return user


def enable(address: Address, actor: Actor) -> User:
    """Let somebody in again, whoever disabled the account and whenever it was to be deleted."""
    user = _begin(address)
    user.state, user.delete_at = UserState.ACTIVE, None
    strangers.forgive(limits.account_key(user.email))
    audit.record("user.enabled", actor=actor, target=_target(user))
    db.session.commit()
    return user


def sign_out(address: Address, actor: Actor) -> User:
    """End all sessions of somebody."""
    user = _begin(address)
    sessions.close_all(user.id)
    audit.record("user.signed_out", actor=actor, target=_target(user))
    db.session.commit()
    return user


def set_password(address: Address, password: str, actor: Actor) -> User:
    """Give somebody another password and end all their sessions."""
    user = find(address)
    if user is None:
        raise NotFound(address.key)
    password_hash = accepted(password, user.name, user.email, rules.least_for(user))
    user = _begin(address)
    put_password(user, password_hash)
    audit.record(
        "user.password_set", actor=actor, target=_target(user), details={"password": "changed"}
    )
    db.session.commit()
    engine.wake()
    return user


def put_password(user: User, password_hash: str) -> None:
    """Give somebody another password, in the caller's transaction, with all that follows.

    Every session ends, every link to a new password dies, and a mail tells the person.
    """
    replace_hash(user, password_hash)
    sessions.close_all(user.id)
    notify(user, PASSWORD_CHANGED)


def replace_hash(user: User, password_hash: str) -> None:
    """Exchange the hash: links to a new password die, browsers are strange, waits are over.

    An address that waits to be confirmed may be that of whoever knew the password before.
    """
    user.password_hash = password_hash
    waiting_address.end(user.id)
    tokens.forget([user.id], RecoveryToken)
    outbox.cancel_about([RECOVERY], [user.id])
    known_browsers.forget(user.id)
    strangers.forgive(limits.account_key(user.email))


def notify(
    user: User, kind: str, *, to: str = "", occasion: str = "", is_for_nobody: bool = False
) -> None:
    """Queue a mail to somebody, in the caller's transaction, at the address that is stored.

    Some mails go to an address of before or to one that is to come, or are about one occasion.
    """
    outbox.enqueue(
        kind,
        about=user.id,
        to=addresses.parse(to or user.email).ascii,
        locale=user.locale,
        occasion=occasion or tokens.new()[:16],
        is_for_nobody=is_for_nobody,
    )


def accepted(password: str, name: str, email: str, at_least: int | None = None) -> str:
    """Return the hash of a password that passes the policy; raise `WeakPassword` for others.

    Without `at_least` it is that of somebody new; of others `rules.least_for` knows it.
    """
    at_least = at_least or rules.least()
    problem = rules.problem(password, name, email, at_least)
    if problem is not None:
        raise WeakPassword(problem, at_least)
    return passwords.hashed(password)


def find(address: Address) -> User | None:
    """Return the person with this address."""
    return db.session.scalar(select(User).where(User.email_key == address.key))


def admins() -> Sequence[User]:
    """Return the administrators, oldest first."""
    return db.session.scalars(
        select(User).where(User.role == UserRole.ADMIN).order_by(User.id)
    ).all()


def has_admin() -> bool:
    """Tell whether anybody is able to manage the system."""
    able = select(User.id).where(*able_administrator())
    return db.session.scalar(able.limit(1)) is not None


def able_administrator() -> tuple[ColumnElement[bool], ...]:
    """Return what is true of those who may manage the system and are going to stay."""
    return (
        User.role == UserRole.ADMIN,
        User.state == UserState.ACTIVE,
        User.delete_at.is_(None),
    )


def _begin(address: Address) -> User:
    transaction.begin()
    user = find(address)
    if user is None:
        raise NotFound(address.key)
    return user


def _target(user: User) -> str:
    return f"user:{user.id}"
