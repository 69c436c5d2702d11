"""The way back: who closed the page that waits finds it again by signing in."""

from sqlalchemy import select

from app.accounts import registration, tokens
from app.accounts.models import PendingRegistration
from app.accounts.passwords import passwords
from app.core import addresses, audit, transaction
from app.core.addresses import InvalidAddress
from app.core.audit import Actor
from app.extensions import db


def whose(email: str, password: str) -> int | None:
    """Return the newest attempt with this address, when this is its password.

    The same work for every address, with an attempt or without, known or not.
    """
    pending = db.session.scalar(
        select(PendingRegistration)
        .where(PendingRegistration.email_key == _key(email), ~PendingRegistration.invited)
        .order_by(PendingRegistration.id.desc())
        .limit(1)
    )
    pending_id = pending.id if pending else None
    stored = pending.password_hash if pending else passwords.NOBODY
    db.session.commit()  # nothing of the database is held while the password is hashed
    return pending_id if passwords.matches(password, stored) else None


def bind(pending_id: int, actor: Actor) -> str | None:
    """Give the attempt to the browser that asks: a new handle, the old one is worth nothing.

    None when the attempt has ended meanwhile.
    """
    handle = tokens.new()
    transaction.begin()
    pending = db.session.get(
        PendingRegistration, pending_id, populate_existing=True, with_for_update=True
    )
    if pending is None:
        db.session.rollback()
        return None
    pending.handle_digest = tokens.digest(handle)
    audit.record("registration.found_again", actor=actor, target=registration.target(pending))
    db.session.commit()
    return handle


def _key(email: str) -> str:
    try:
        return addresses.parse(email).key
    except InvalidAddress:
        return ""
