"""What the browser that registered may know while it waits: the truth, and nothing about others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.accounts import registration
from app.accounts.models import PendingRegistration
from app.mail import queries
from app.mail.queries import MailState


class State(StrEnum):
    """Where the mail of an attempt stands, as far as a visitor may know.

    A mail that the receiving side refused looks like one that waits: whether a mailbox exists
    is nobody's business but the administrators'.
    """

    WAITING = "waiting"
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
    if queries.mail_state(registration.KINDS, pending.id) is MailState.ACCEPTED:
        return State.ACCEPTED
    return State.DELAYED if queries.is_disturbed() else State.WAITING
