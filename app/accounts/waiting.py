"""What the browser that registered may know while it waits: the truth, and nothing about others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.accounts import registration
from app.accounts.models import PendingRegistration
from app.core import clock
from app.mail.models import OutboxState
from app.mail.outbox import retry
from app.mail.status import queries

# Longer than this a mail takes only when something is in its way.
USUAL = timedelta(minutes=2)
_IN_VAIN = frozenset({OutboxState.FAILED, OutboxState.EXPIRED, OutboxState.CANCELLED})


class State(StrEnum):
    """Where the mail of an attempt stands, as far as a visitor may know.

    A mail that the receiving side refused looks like one that waits: whether a mailbox exists
    is nobody's business but the administrators'.
    """

    WAITING = "waiting"
    SLOW = "slow"
    DELAYED = "delayed"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One look at an attempt that waits."""

    state: State
    address: str
    keep_until: datetime
    resend_in: timedelta


def look(handle: str) -> Waiting | None:
    """Return how the attempt of this browser stands, or None when nothing waits any more."""
    pending = registration.find(handle)
    if pending is None:
        return None
    return Waiting(
        _state(pending), pending.email, pending.keep_until, registration.resend_in(pending)
    )


def _state(pending: PendingRegistration) -> State:
    mail = queries.newest_state(registration.KINDS, pending.id)
    waits = clock.now() - pending.mail_requested_at
    if mail == OutboxState.SENT:
        return State.ACCEPTED
    if mail in _IN_VAIN and waits > retry.LIFETIME:
        return State.SLOW  # no mail of that age leaves by itself any more
    if queries.is_disturbed():
        return State.DELAYED
    return State.SLOW if waits > USUAL else State.WAITING
