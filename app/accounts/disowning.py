"""A registration as the owner of its address sees it: who asked, and «this was not me»."""

from app.accounts import activation, limits, registration, tokens
from app.accounts.activation import Link, NotActivated
from app.accounts.models import PendingRegistration
from app.core import audit, transaction
from app.core.audit import Actor
from app.extensions import db


def disown(token: str, actor: Actor) -> None:
    """Delete the attempt behind a link: its links and codes die, its mails are not sent.

    Raises `NotActivated` when the link opens nothing any more.
    """
    limits.spend((limits.ACTIVATE_PER_IP, limits.origin(actor.ip)))
    found = activation.usable(activation.find(token))
    transaction.begin()
    pending = db.session.get(
        PendingRegistration, found.pending_id, populate_existing=True, with_for_update=True
    )
    if pending is None or not tokens.consume(found.digest):
        db.session.rollback()
        raise NotActivated(Link.UNKNOWN)
    registration.cancel_mails(pending.id)
    audit.record("registration.disowned", actor=actor, target=registration.target(pending))
    db.session.delete(pending)
    db.session.commit()
