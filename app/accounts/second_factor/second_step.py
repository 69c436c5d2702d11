"""Signing in, the second half: the password was right, now a code; until then nobody is in.

What connects the halves is a row on the server and a secret in the one browser that knew the
password. It opens nothing by itself, lives a few minutes and is used once.
"""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, select

from app.accounts import entrance, limits, tokens
from app.accounts.entrance import Entered, Visit
from app.accounts.models import User, UserState
from app.accounts.second_factor import codes
from app.accounts.second_factor.codes import CodeRefused, Means
from app.accounts.second_factor_models import Enrolment, HalfSignIn, SecondFactor
from app.core import audit, clock, transaction
from app.core.audit import Actor
from app.core.errors import Refused
from app.core.prepared import PreparedQuery
from app.extensions import db
from app.mail.engine import engine

LIFE = timedelta(minutes=10)
_F = cast(Table, SecondFactor.__table__).c
_HAS_ONE = PreparedQuery(select(_F.user_id).where(_F.user_id == bindparam("whose")))


class CodeWanted(Refused):
    """The password was right and a code is wanted; `ticket` belongs into this browser only."""

    def __init__(self, ticket: str) -> None:
        super().__init__("a code is wanted")
        self.ticket = ticket


class TicketGone(Refused):
    """The first half is too long ago, was finished, or was taken back: sign in from the start."""


def ask(user_id: int, visit: Visit) -> None:
    """Raise `CodeWanted` for somebody who signs in in two steps, and commit with its ticket."""
    if not transaction.ask(_HAS_ONE, {"whose": user_id}):
        return
    ticket = tokens.new()
    db.session.add(
        HalfSignIn(
            ticket_digest=tokens.digest(ticket),
            user_id=user_id,
            remember=visit.remember,
            ends_at=clock.now() + LIFE,
        )
    )
    db.session.commit()
    raise CodeWanted(ticket)


def is_open(ticket: str) -> bool:
    """Tell whether a code may still follow."""
    return _find(ticket) is not None


def finish(ticket: str, typed: str, visit: Visit, actor: Actor) -> Entered:
    """Let in who has the code; raise `TicketGone`, `CodeRefused` or `TooOften`.

    Whether the browser is to be remembered was said in the first half.
    """
    user_id = _of(ticket).user_id
    counted = codes.count(user_id, typed, actor.ip)
    transaction.begin()
    user = _held(user_id)
    whose = actor.known_as(user.id, user.email)
    try:
        means = codes.spend(user, typed, whose)
    except CodeRefused:
        audit.record("session.code_refused", actor=actor, target=f"user:{user_id}")
        db.session.commit()
        raise
    visit = replace(visit, remember=_consume(ticket))
    entered = entrance.admit(user, visit, actor, {"second_step": means.value})
    limits.give_back(*counted)
    db.session.commit()
    if entered.is_told or means is Means.RECOVERY_CODE:
        engine.wake()
    return entered


def forget_old() -> int:
    """Delete halves and secrets that nobody finished in time; commit, return how many."""
    transaction.begin()
    now = clock.now()
    gone = transaction.changed(delete(HalfSignIn).where(HalfSignIn.ends_at < now))
    gone += transaction.changed(delete(Enrolment).where(Enrolment.ends_at < now))
    db.session.commit()
    return gone


def _of(ticket: str) -> HalfSignIn:
    if half := _find(ticket):
        return half
    db.session.rollback()
    raise TicketGone("ticket")


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


def _held(user_id: int) -> User:
    """The person, held: what ends their sessions meanwhile takes the ticket back first."""
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise TicketGone("user")
    return user


def _consume(ticket: str) -> bool:
    """Use the ticket up: it opens one session. Return whether the browser is to be remembered."""
    remember = _of(ticket).remember
    its = delete(HalfSignIn).where(HalfSignIn.ticket_digest == tokens.digest(ticket))
    if transaction.changed(its.execution_options(synchronize_session=False)) != 1:
        db.session.rollback()
        raise TicketGone("ticket")
    return remember
