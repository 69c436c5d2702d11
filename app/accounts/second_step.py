"""Signing in, the second half: the password was right, now a code; until then nobody is in.

What connects the halves is a row on the server and a secret in the one browser that knew the
password. It opens nothing by itself, lives a few minutes and is used once.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select

from app.accounts import limits, second_factor_codes, sessions, tokens
from app.accounts.models import User, UserState
from app.accounts.second_factor_codes import CodeRefused
from app.accounts.second_factor_models import (
    AGENT_LENGTH,
    Enrolment,
    HalfSignIn,
    SecondFactor,
)
from app.core import audit, clock, transaction
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db

LIFE = timedelta(minutes=10)


class CodeWanted(Refused):
    """The password was right and a code is wanted; `ticket` belongs into this browser only."""

    def __init__(self, ticket: str) -> None:
        super().__init__("a code is wanted")
        self.ticket = ticket


class TicketGone(Refused):
    """The first half is too long ago, was finished, or was taken back: sign in from the start."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Who finished signing in gets a session, for as long as they asked in the first half."""

    session: str = field(repr=False)
    remember: bool


def is_wanted(user: User) -> bool:
    """Tell whether this person signs in in two steps."""
    return db.session.get(SecondFactor, user.id) is not None


def begin(user: User, *, remember: bool, user_agent: str) -> str:
    """Note the first half in the caller's transaction; return the ticket for its browser."""
    ticket = tokens.new()
    db.session.add(
        HalfSignIn(
            ticket_digest=tokens.digest(ticket),
            user_id=user.id,
            remember=remember,
            user_agent=user_agent[:AGENT_LENGTH],
            ends_at=clock.now() + LIFE,
        )
    )
    return ticket


def is_open(ticket: str) -> bool:
    """Tell whether a code may still follow."""
    return _find(ticket) is not None


def finish(ticket: str, typed: str, actor: Actor) -> Entered:
    """Open the session; raise `TicketGone`, `CodeRefused` or `TooOften`."""
    half = _find(ticket)
    if half is None:
        raise TicketGone("ticket")
    user_id = half.user_id
    counted = second_factor_codes.count(user_id, typed, actor.ip)
    transaction.begin()
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise TicketGone("ticket")
    whose = Actor(user.id, user.email, actor.ip, actor.request_id)
    try:
        means = second_factor_codes.spend(user, typed, whose)
    except CodeRefused:
        audit.record("session.code_refused", actor=actor, target=f"user:{user_id}")
        db.session.commit()
        raise
    half = _consume(ticket)
    entered = Entered(_open(user, half, actor.ip), half.remember)
    details = {"second_step": means.value}
    audit.record("session.opened", actor=whose, target=f"user:{user_id}", details=details)
    db.session.commit()
    limits.give_back(*counted)
    return entered


def forget_old() -> int:
    """Delete halves and secrets that nobody finished in time; commit, return how many."""
    transaction.begin()
    now = clock.now()
    gone = transaction.changed(delete(HalfSignIn).where(HalfSignIn.ends_at < now))
    gone += transaction.changed(delete(Enrolment).where(Enrolment.ends_at < now))
    db.session.commit()
    return gone


def _find(ticket: str) -> HalfSignIn | None:
    return db.session.scalar(
        select(HalfSignIn)
        .join(User, User.id == HalfSignIn.user_id)
        .where(
            HalfSignIn.ticket_digest == tokens.digest(ticket),
            HalfSignIn.ends_at > clock.now(),
            User.state == UserState.ACTIVE,
        )
    )


def _consume(ticket: str) -> HalfSignIn:
    """Use the ticket up: however often the code is sent, it opens one session."""
    half = _find(ticket)
    its = delete(HalfSignIn).where(HalfSignIn.ticket_digest == tokens.digest(ticket))
    if half is None or transaction.changed(its.execution_options(synchronize_session=False)) != 1:
        db.session.rollback()
        raise TicketGone("ticket")
    return half


def _open(user: User, half: HalfSignIn, ip: str) -> str:
    return sessions.open_for(user, remember=half.remember, ip=ip, user_agent=half.user_agent)
