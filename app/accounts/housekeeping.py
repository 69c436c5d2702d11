"""What nobody needs any more goes: attempts that were never activated, sessions that ended."""

from datetime import timedelta

from sqlalchemy import delete, exists, select

from app.accounts import (
    deletion,
    kept_forms,
    known_browsers,
    links,
    refusals,
    registration,
    remembered,
    strangers,
    tokens,
)
from app.accounts.models import PendingRegistration, RecoveryToken, UserSession
from app.accounts.second_factor import seals
from app.core import audit, clock, transaction
from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState

SESSIONS_KEPT = timedelta(days=30)
LINKS_KEPT = timedelta(days=7)
_AT_ONCE = 500
_ON_THEIR_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)


def forget_old_attempts() -> int:
    """Delete attempts whose time is over, unless their mail still waits for a server."""
    transaction.begin()
    waits = exists().where(
        OutboxMessage.kind.in_(registration.KINDS),
        OutboxMessage.about == PendingRegistration.id,
        OutboxMessage.state.in_(_ON_THEIR_WAY),
    )
    old = select(PendingRegistration.id).where(PendingRegistration.keep_until < clock.now(), ~waits)
    ids = list(db.session.scalars(old.order_by(PendingRegistration.id).limit(_AT_ONCE)))
    tokens.forget(ids)
    db.session.execute(
        delete(PendingRegistration)
        .where(PendingRegistration.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    if ids:
        audit.record("registration.purged", actor=audit.SYSTEM, details={"attempts": len(ids)})
    db.session.commit()
    return len(ids)


def forget_old_sessions() -> int:
    """Delete sessions that ended a month ago."""
    gone = db.session.scalars(
        delete(UserSession)
        .where(UserSession.ends_at < clock.now() - SESSIONS_KEPT)
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.commit()
    return len(gone)


def forget_old_links() -> int:
    """Delete links to a new password a week after their time; until then they say why."""
    transaction.begin()
    old = RecoveryToken.expires_at < clock.now() - LINKS_KEPT
    gone = transaction.changed(delete(RecoveryToken).where(old))
    db.session.commit()
    return gone


CHORES = (
    forget_old_attempts,
    forget_old_sessions,
    forget_old_links,
    deletion.erase_due,
    kept_forms.forget_old,
    known_browsers.forget_old,
    links.forget_old,
    refusals.forget_old,
    remembered.forget_old,
    seals.seal_anew,
    strangers.forget_old,
)
