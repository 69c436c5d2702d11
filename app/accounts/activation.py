"""Activation: what a link is worth, pressing its button, and asking for a new one."""

from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.accounts import limits, registration, tokens
from app.accounts.models import ActivationToken, PendingRegistration, User, UserRole, UserState
from app.core import audit, clock, transaction
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db


class Link(StrEnum):
    """What a link is worth at this moment."""

    USABLE = "usable"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    ALREADY_ACTIVE = "already_active"


class NotActivated(Refused):
    """The link did not open an account; `link` says why."""

    def __init__(self, link: Link) -> None:
        super().__init__(link.value)
        self.link = link


def look_at(token: str) -> Link:
    """Tell what a link is worth; changes nothing. A used link is as unknown as an altered one."""
    return _worth(tokens.find(token))


def activate(token: str, actor: Actor) -> User:
    """Spend the link and make the user; raise `NotActivated` when it opens nothing.

    However often and by however many it is pressed, one user comes out of an address.
    """
    limits.spend((limits.ACTIVATE_PER_IP, limits.origin(actor.ip)))
    _refuse_unless_usable(look_at(token))
    transaction.begin()
    row = tokens.find(token)
    if row is None:
        raise _too_late(None)
    attempts = _hold_attempts(row.email_key)
    if not tokens.consume(row.id):
        raise _too_late(row.email_key)
    user = _user_from(row.pending_id)
    _close(attempts)
    target = f"user:{user.id}"
    audit.record("account.activated", actor=actor, target=target, details={"how": "link"})
    db.session.commit()
    return user


def renew(token: str, actor: Actor) -> None:
    """Ask for a fresh mail with the right of an expired link: to its own address, unseen."""
    row = tokens.find(token)
    if row is None or _worth(row) is not Link.EXPIRED:
        raise NotActivated(_worth(row))
    registration.send_again(row.pending_id, actor)


def _worth(row: ActivationToken | None) -> Link:
    if row is None:
        return Link.UNKNOWN
    if _user_with(row.email_key) is not None:
        return Link.ALREADY_ACTIVE
    pending = db.session.get(PendingRegistration, row.pending_id)
    if pending is None or pending.email_key != row.email_key:
        return Link.UNKNOWN
    return Link.USABLE if row.expires_at > clock.now() else Link.EXPIRED


def _refuse_unless_usable(link: Link) -> None:
    if link is not Link.USABLE:
        raise NotActivated(link)


def _hold_attempts(email_key: str) -> list[int]:
    """Hold every attempt of an address, always in one order, so that two presses queue up."""
    ids = select(PendingRegistration.id).where(PendingRegistration.email_key == email_key)
    return list(db.session.scalars(ids.order_by(PendingRegistration.id).with_for_update()))


def _user_from(pending_id: int) -> User:
    """Make the user of this attempt: with its own name, password and language."""
    pending = db.session.get_one(PendingRegistration, pending_id, populate_existing=True)
    user = User(
        name=pending.name,
        email=pending.email,
        email_key=pending.email_key,
        password_hash=pending.password_hash,
        role=UserRole.USER,
        state=UserState.ACTIVE,
        locale=pending.locale,
        created_at=pending.created_at,
        activated_at=clock.now(),
    )
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise NotActivated(Link.ALREADY_ACTIVE) from error
    return user


def _close(pending_ids: list[int]) -> None:
    """Let go of every attempt of an address that now has its user."""
    for pending_id in pending_ids:
        registration.cancel_mails(pending_id)
    tokens.forget(pending_ids)
    db.session.execute(
        delete(PendingRegistration)
        .where(PendingRegistration.id.in_(pending_ids))
        .execution_options(synchronize_session=False)
    )


def _too_late(email_key: str | None) -> NotActivated:
    db.session.rollback()
    known = email_key is not None and _user_with(email_key) is not None
    return NotActivated(Link.ALREADY_ACTIVE if known else Link.UNKNOWN)


def _user_with(email_key: str) -> int | None:
    return db.session.scalar(select(User.id).where(User.email_key == email_key))
