"""What became of somebody's mails: the newest about a thing, the last to an address."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState


class Fate(StrEnum):
    """Where a mail stands, in three words."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    FAILED = "failed"


STATES: Final = {
    Fate.WAITING: (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN),
    Fate.ACCEPTED: (OutboxState.SENT,),
    Fate.FAILED: (OutboxState.FAILED, OutboxState.EXPIRED),
}


def newest_about(kinds: Collection[str], things: Collection[int]) -> dict[int, OutboxMessage]:
    """Return the newest mail of those kinds about each of these things."""
    newest = (
        select(func.max(OutboxMessage.id))
        .where(OutboxMessage.kind.in_(kinds), OutboxMessage.about.in_(things))
        .group_by(OutboxMessage.about)
    )
    found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(newest)))
    return {message.about: message for message in found}


def all_about(kinds: Collection[str], thing: int, limit: int = 20) -> Sequence[OutboxMessage]:
    """Return the mails of those kinds about one thing, the newest first."""
    about = and_(OutboxMessage.kind.in_(kinds), OutboxMessage.about == thing)
    return _last(about, limit)


def last_to(address: str, limit: int = 10) -> Sequence[OutboxMessage]:
    """Return the last mails to an address, the newest first."""
    return _last(OutboxMessage.recipient_key == address.lower(), limit)


def fares(
    kinds: Collection[str], thing: InstrumentedAttribute[int], fate: Fate
) -> ColumnElement[bool]:
    """Return the condition that the newest mail of those kinds about the thing stands so."""
    mail = aliased(OutboxMessage)
    newest = (
        select(mail.state)
        .where(mail.kind.in_(kinds), mail.about == thing)
        .order_by(mail.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    stands = newest.in_(STATES[fate])
    if fate is Fate.ACCEPTED:
        return stands
    # Few stand so, and an index knows them: nobody else has to be looked at.
    some = select(OutboxMessage.about).where(
        OutboxMessage.state.in_(STATES[fate]), OutboxMessage.kind.in_(kinds)
    )
    return and_(thing.in_(some), stands)


def _last(which: ColumnElement[bool], limit: int) -> Sequence[OutboxMessage]:
    last = select(OutboxMessage).where(which).order_by(OutboxMessage.id.desc()).limit(limit)
    return db.session.scalars(last).all()
