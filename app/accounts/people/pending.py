"""What administrators do with attempts to register that wait, and with invitations."""

from collections.abc import Collection

from sqlalchemy import delete, select

from app.accounts import registration, tokens
from app.accounts.models import PendingRegistration
from app.accounts.people.done import Done, Why
from app.core import audit, transaction
from app.core.audit import Actor
from app.extensions import db
from app.mail.engine import engine


def resend(pending_ids: Collection[int], actor: Actor) -> Done:
    """Ask for a fresh mail of each, unless one was asked for a moment ago."""
    done = Done()
    transaction.begin()
    for pending_id, pending in _held(pending_ids).items():
        if pending is None:
            done.leave(pending_id, Why.GONE)
        elif registration.resend_in(pending):
            done.leave(pending_id, Why.TOO_SOON)
        else:
            registration.ask_again(pending)
            audit.record("registration.resent", actor=actor, target=registration.target(pending))
            done.note(pending_id)
    db.session.commit()
    engine.wake()
    return done


def remove(pending_ids: Collection[int], actor: Actor) -> Done:
    """Delete attempts: their links die, their mails are not sent any more."""
    done = Done()
    transaction.begin()
    for pending_id, pending in _held(pending_ids).items():
        if pending is None:
            done.leave(pending_id, Why.GONE)
            continue
        registration.cancel_mails(pending_id)
        target, details = registration.target(pending), {"email": pending.email}
        audit.record("registration.deleted", actor=actor, target=target, details=details)
        done.note(pending_id)
    tokens.forget(done.numbers)
    db.session.execute(
        delete(PendingRegistration)
        .where(PendingRegistration.id.in_(done.numbers))
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return done


def _held(pending_ids: Collection[int]) -> dict[int, PendingRegistration | None]:
    """Hold the attempts in one order; None for those that are over."""
    rows = db.session.scalars(
        select(PendingRegistration)
        .where(PendingRegistration.id.in_(pending_ids))
        .order_by(PendingRegistration.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    return {pending_id: found.get(pending_id) for pending_id in sorted(pending_ids)}
