"""A registration as the owner of its address sees it: who asked, and «this was not me»."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts import activation, limits, registration, tokens
from app.accounts.activation import Link, NotActivated
from app.accounts.models import PendingRegistration
from app.core import addresses, audit, transaction
from app.core.audit import Actor
from app.extensions import db


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked for an account, when, and with what; the address is only hinted at."""

    name: str
    address: str
    asked_at: datetime
    user_agent: str


def origin(token: str) -> Origin | None:
    """Return where the attempt of a link came from; None when there is none any more."""
    row = tokens.find(token)
    pending = db.session.get(PendingRegistration, row.pending_id) if row else None
    if pending is None:
        return None
    address = addresses.masked(pending.email)
    return Origin(pending.name, address, pending.created_at, pending.user_agent)


def disown(token: str, actor: Actor) -> None:
    """Delete the attempt behind a link: its links and codes die, its mails are not sent.

    Raises `NotActivated` when the link opens nothing any more.
    """
    limits.spend((limits.ACTIVATE_PER_IP, limits.origin(actor.ip)))
    activation.refuse_unless_usable(activation.look_at(token))
    transaction.begin()
    row = tokens.find(token)
    pending = (
        db.session.get(
            PendingRegistration, row.pending_id, populate_existing=True, with_for_update=True
        )
        if row
        else None
    )
    if pending is None:
        db.session.rollback()
        raise NotActivated(Link.UNKNOWN)
    registration.cancel_mails(pending.id)
    audit.record("registration.disowned", actor=actor, target=registration.target(pending))
    db.session.delete(pending)
    db.session.commit()
