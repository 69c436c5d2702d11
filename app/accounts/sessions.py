"""Signed-in browsers: a row each, found by a secret of which only the digest is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from app.accounts import tokens
from app.accounts.models import User, UserRole, UserSession, UserState
from app.accounts.second_factor_models import HalfSignIn, SecondFactor
from app.accounts.session_models import RememberedBrowser
from app.core import clock, transaction
from app.core.columns import UtcDateTime
from app.core.prepared import Prepared, PreparedQuery
from app.extensions import db

TOUCHED_EVERY = timedelta(minutes=1)
# So long after the password was typed dangerous deeds ask for nothing more.
CONFIRMED_FOR = timedelta(minutes=10)
AGENT_LENGTH = 200
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session may rest, and how old it may grow."""

    idle: timedelta
    whole: timedelta


LIVES = {
    UserRole.ADMIN: Life(timedelta(minutes=30), timedelta(hours=12)),
    UserRole.USER: Life(timedelta(hours=12), timedelta(days=7)),
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in, as the rest of the application sees them."""

    id: int
    name: str
    email: str
    locale: str
    time_zone: str | None
    is_admin: bool
    has_second_factor: bool
    session_id: int
    is_confirmed: bool = False


_SESSIONS = cast(Table, UserSession.__table__)
_OPENING = Prepared(insert(_SESSIONS))
# Asked with every page of somebody signed in: put together once, past the object layer.
_S, _U = _SESSIONS.c, cast(Table, User.__table__).c
_FACTOR_OWNER = cast(Table, SecondFactor.__table__).c.user_id
_NOW = bindparam("now", type_=UtcDateTime)
_WHO = PreparedQuery(
    select(_U.id, _U.name, _U.email, _U.locale, _U.time_zone, _U.role, _U.state)
    .add_columns(_S.id.label("session_id"), _S.seen_at, _S.ends_at, _S.confirmed_at)
    .add_columns(exists().where(_U.id == _FACTOR_OWNER).label("in_two"))
    .join_from(_SESSIONS, User.__table__, _U.id == _S.user_id)
    .where(_S.token_digest == bindparam("digest"), _S.ended_at.is_(None))
    .where(_S.ends_at > _NOW, _S.idle_ends_at > _NOW)
)


class _Found(NamedTuple):
    """Who holds a session, and the session."""

    id: int
    name: str
    email: str
    locale: str
    time_zone: str | None
    role: str
    state: str
    session_id: int
    seen_at: datetime
    ends_at: datetime
    confirmed_at: datetime | None
    in_two: bool


def open_for(
    user: User,
    *,
    ip: str,
    user_agent: str,
    remembered_id: int | None = None,
    is_confirmed: bool = True,
) -> str:
    """Add a session to the caller's transaction; return the secret for the browser's cookie."""
    token, now, life = tokens.new(), clock.now(), LIVES[UserRole(user.role)]
    _OPENING.run(
        db.session.connection(),
        {
            "token_digest": tokens.digest(token),
            "user_id": user.id,
            "created_at": now,
            "seen_at": now,
            "idle_ends_at": now + life.idle,
            "ends_at": now + life.whole,
            "confirmed_at": now if is_confirmed else None,
            "remembered_id": remembered_id,
            "ip": ip[:45],
            "user_agent": user_agent[:AGENT_LENGTH],
            "ended_at": None,
        },
    )
    return token


def find(token: str, *, is_here: bool = True) -> SignedIn | None:
    """Return who holds this session, and note that they were here; None when it is over.

    A page that refreshes itself is nobody's sign of life: `is_here` is False, nothing is noted.
    """
    now = clock.now()
    asked = {"digest": tokens.digest(token), "now": now}
    rows = transaction.ask(_WHO, asked)
    found = _Found._make(rows[0]) if rows else None
    if found is None or found.state != UserState.ACTIVE:
        return None
    confirmed_at = found.confirmed_at
    if is_here and now - found.seen_at >= TOUCHED_EVERY:
        _touch(found.session_id, min(now + LIVES[UserRole(found.role)].idle, found.ends_at))
    return SignedIn(
        found.id,
        found.name,
        found.email,
        found.locale,
        found.time_zone,
        found.role == UserRole.ADMIN,
        bool(found.in_two),
        found.session_id,
        confirmed_at is not None and now < confirmed_at + CONFIRMED_FOR,
    )


def outlived(token: str) -> int | None:
    """Return the number of a session that nobody has ended, only time has; None of any other."""
    now = clock.now()
    its_time_is_over = or_(UserSession.ends_at <= now, UserSession.idle_ends_at <= now)
    return db.session.scalar(
        select(UserSession.id).where(
            UserSession.token_digest == tokens.digest(token),
            UserSession.ended_at.is_(None),
            its_time_is_over,
        )
    )


def number_of(token: str) -> int:
    """Return the number of a session by its secret."""
    number = select(UserSession.id).where(UserSession.token_digest == tokens.digest(token))
    return db.session.scalars(number).one()


def renew(session_id: int) -> str:
    """Give a session another secret after its password was typed, in the caller's transaction.

    The old secret is worth nothing from now on; the dangerous deeds are open for a while.
    """
    token = tokens.new()
    values = {"token_digest": tokens.digest(token), "confirmed_at": clock.now()}
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return token


def close(token: str) -> None:
    """End the session for good: a copy of its cookie is worth nothing from now on."""
    transaction.begin()
    _end(UserSession.token_digest == tokens.digest(token))
    db.session.commit()


def close_all(user_id: int, *, but: int | None = None) -> None:
    """End every session of somebody, or all but one, in the caller's transaction.

    Those who know the password and still owe the code begin again.
    """
    spared = select(UserSession.remembered_id).where(
        UserSession.id == (but or 0), UserSession.remembered_id.is_not(None)
    )
    # The browsers first: one that is just opening a session holds its row until that can be ended.
    _forget(and_(RememberedBrowser.user_id == user_id, RememberedBrowser.id.not_in(spared)))
    _end(and_(UserSession.user_id == user_id, UserSession.id != (but or 0)))
    halves = delete(HalfSignIn).where(HalfSignIn.user_id == user_id)
    db.session.execute(halves.execution_options(synchronize_session=False))


def open_of(user_id: int) -> Sequence[UserSession]:
    """Return the sessions of somebody that still let them in, the last used first."""
    return db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, *_lets_in())
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        .limit(_SHOWN)
    ).all()


def close_one(user_id: int, session_id: int) -> None:
    """End one session of somebody, in the caller's transaction."""
    _end(and_(UserSession.id == session_id, UserSession.user_id == user_id))


def close_remembered(user_id: int, remembered_id: int) -> None:
    """Let a browser open no more sessions by itself, and end those it opened."""
    _forget(and_(RememberedBrowser.id == remembered_id, RememberedBrowser.user_id == user_id))
    _end(and_(UserSession.remembered_id == remembered_id, UserSession.user_id == user_id))


def _lets_in() -> tuple[ColumnElement[bool], ...]:
    now = clock.now()
    return (
        UserSession.ended_at.is_(None),
        UserSession.ends_at > now,
        UserSession.idle_ends_at > now,
    )


def _touch(session_id: int, idle_ends_at: datetime) -> None:
    """Write a sign of life, which happens at most once a minute: a page view is no commit."""
    transaction.begin()
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(seen_at=clock.now(), idle_ends_at=idle_ends_at)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _end(whose: ColumnElement[bool]) -> None:
    """End sessions, and with each the right of its browser to open another one."""
    remembered = select(UserSession.remembered_id).where(
        whose, UserSession.ended_at.is_(None), UserSession.remembered_id.is_not(None)
    )
    _forget(RememberedBrowser.id.in_(remembered))
    db.session.execute(
        update(UserSession)
        .where(whose, UserSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _forget(whose: ColumnElement[bool]) -> None:
    db.session.execute(
        update(RememberedBrowser)
        .where(whose, RememberedBrowser.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
