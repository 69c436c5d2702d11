"""Where somebody is signed in: open sessions, and browsers that open them by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.accounts import remembered, sessions
from app.core import audit, transaction
from app.core.audit import Actor
from app.extensions import db


class Kind(StrEnum):
    """What a place is in the database."""

    SESSION = "session"
    REMEMBERED = "remembered"


@dataclass(frozen=True, slots=True)
class Place:
    """One browser in which somebody is signed in, or will be when it is opened."""

    kind: Kind
    number: int
    user_agent: str
    ip: str
    seen_at: datetime
    is_here: bool = False
    is_remembered: bool = False


def of(user_id: int, session_id: int) -> Sequence[Place]:
    """Return the places of somebody: first this one, then the last used."""
    here = [
        Place(
            Kind.SESSION,
            row.id,
            row.user_agent,
            row.ip,
            row.seen_at,
            is_here=row.id == session_id,
            is_remembered=row.remembered_id is not None,
        )
        for row in sessions.open_of(user_id)
    ]
    resting = [
        Place(Kind.REMEMBERED, row.id, row.user_agent, row.ip, row.used_at, is_remembered=True)
        for row in remembered.resting_of(user_id)
    ]
    return sorted([*here, *resting], key=lambda place: (not place.is_here, -_at(place)))


def leave(user_id: int, kind: Kind, number: int, actor: Actor) -> None:
    """Sign somebody out of one place; commit."""
    transaction.begin()
    end = sessions.close_one if kind is Kind.SESSION else sessions.close_remembered
    end(user_id, number)
    details = {kind.value: number}
    audit.record("session.ended", actor=actor, target=f"user:{user_id}", details=details)
    db.session.commit()


def leave_others(user_id: int, session_id: int, actor: Actor) -> None:
    """Sign somebody out everywhere but here; commit."""
    transaction.begin()
    sessions.close_all(user_id, but=session_id)
    audit.record("session.others_ended", actor=actor, target=f"user:{user_id}")
    db.session.commit()


def _at(place: Place) -> float:
    return place.seen_at.timestamp()
