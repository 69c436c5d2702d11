"""An account that is to go: asked for, a pause in which it may stay, then gone.

Nobody has to explain anything: whoever signs in, or presses the button behind the link of the
mail, stays.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts import links, sessions, tokens, users
from app.accounts.account_models import Purpose
from app.accounts.models import RecoveryToken, User
from app.accounts.people import administration
from app.core import audit, clock, transaction
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db
from app.mail.engine import engine
from app.mail.outbox import outbox

PAUSE = timedelta(days=7)
DELETION_ASKED = "deletion_asked"
_AT_ONCE = 50


class LastAdministrator(Refused):
    """Nobody would be left who is able to manage the system."""


def ask(user_id: int, actor: Actor) -> datetime:
    """Let an account go after the pause: everybody is signed out and a mail tells; commit.

    Returns when it goes; raises `LastAdministrator`.
    """
    transaction.begin()
    able = administration.hold_able_administrators()
    if able == {user_id}:
        db.session.rollback()
        raise LastAdministrator(actor.label)
    user = db.session.get_one(User, user_id, populate_existing=True)
    user.delete_at = clock.now() + PAUSE
    sessions.close_all(user.id)
    tokens.forget([user.id], RecoveryToken)
    outbox.cancel_about([users.RECOVERY], [user.id])
    users.notify(user, DELETION_ASKED)
    audit.record("user.deletion_asked", actor=actor, target=f"user:{user.id}")
    goes_at = user.delete_at
    db.session.commit()
    engine.wake()
    return goes_at


def stay(user: User, actor: Actor) -> bool:
    """Take the wish back, in the caller's transaction; False when there was none."""
    if user.delete_at is None:
        return False
    user.delete_at = None
    links.forget(Purpose.KEEP_ACCOUNT, user.id)
    outbox.cancel_about([DELETION_ASKED], [user.id])
    audit.record("user.deletion_undone", actor=actor, target=f"user:{user.id}")
    return True


def look_at(token: str) -> User | None:
    """Return whose account the link keeps; None when it keeps none. Changes nothing."""
    row = links.find(Purpose.KEEP_ACCOUNT, token)
    user = db.session.get(User, row.about) if row else None
    return user if user is not None and user.delete_at is not None else None


def stay_by_link(token: str, actor: Actor) -> bool:
    """Spend the link: the account stays; False when it keeps none (any more)."""
    transaction.begin()
    row = links.find(Purpose.KEEP_ACCOUNT, token)
    user = db.session.get(User, row.about, populate_existing=True) if row else None
    stays = user is not None and stay(user, actor)
    db.session.commit()
    return stays


def erase_due() -> int:
    """Delete the accounts whose pause is over, but never the last able administrator."""
    transaction.begin()
    able = administration.hold_able_administrators()
    due = select(User).where(User.delete_at < clock.now()).order_by(User.id).limit(_AT_ONCE)
    gone = 0
    for user in db.session.scalars(due.with_for_update()).all():
        if user.is_admin and not able - {user.id}:
            continue
        audit.record("user.deleted", actor=audit.SYSTEM, target=f"user:{user.id}")
        db.session.delete(user)
        gone += 1
    db.session.commit()
    return gone
