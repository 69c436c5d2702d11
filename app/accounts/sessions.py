"""Signed-in browsers: a row each, found by a secret of which only the digest is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from app.accounts import tokens
from app.accounts.models import User, UserRole, UserSession
from app.accounts.second_factor_models import HalfSignIn, SecondFactor
from app.core import clock, transaction
from app.core.errors import NotFound
from app.extensions import db

TOUCHED_EVERY = timedelta(minutes=1)
_AGENT_LENGTH = 200
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session may rest, and how old it may grow."""

    idle: timedelta
    whole: timedelta


# By role and by "keep me signed in".
LIVES = {
    (UserRole.ADMIN, False): Life(timedelta(minutes=30), timedelta(hours=12)),
    (UserRole.ADMIN, True): Life(timedelta(hours=12), timedelta(days=14)),
    (UserRole.USER, False): Life(timedelta(days=7), timedelta(days=30)),
    (UserRole.USER, True): Life(timedelta(days=30), timedelta(days=90)),
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in, as the rest of the application sees them."""

    id: int
    name: str
    email: str
    locale: str
    is_admin: bool
    has_second_factor: bool
    session_id: int


def open_for(user: User, *, remember: bool, ip: str, user_agent: str) -> str:
    """Add a session to the caller's transaction; return the secret for the browser's cookie."""
    token, now, life = tokens.new(), clock.now(), LIVES[UserRole(user.role), remember]
    db.session.add(
        UserSession(
            token_digest=tokens.digest(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            idle_ends_at=now + life.idle,
            ends_at=now + life.whole,
            remember=remember,
            ip=ip[:45],
            user_agent=user_agent[:_AGENT_LENGTH],
        )
    )
    return token


def find(token: str, *, is_here: bool = True) -> SignedIn | None:
    """Return who holds this session, and note that they were here; None when it is over.

    A page that refreshes itself is nobody's sign of life: `is_here` is False, nothing is noted.
    """
    now = clock.now()
    found = db.session.execute(
        select(UserSession, User, exists().where(SecondFactor.user_id == User.id).label("in_two"))
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_digest == tokens.digest(token),
            UserSession.ended_at.is_(None),
            UserSession.ends_at > now,
            UserSession.idle_ends_at > now,
        )
    ).one_or_none()
    if found is None or not found.User.is_active:
        return None
    session, user = found.UserSession, found.User
    signed_in = SignedIn(
        user.id, user.name, user.email, user.locale, user.is_admin, found.in_two, session.id
    )
    idle = LIVES[UserRole(user.role), session.remember].idle
    if is_here:
        _touch(session, idle)
    return signed_in


def close(token: str) -> None:
    """End the session for good: a copy of its cookie is worth nothing from now on."""
    transaction.begin()
    _end(UserSession.token_digest == tokens.digest(token))
    db.session.commit()


def close_all(user_id: int) -> None:
    """End every session of somebody, half-opened ones too, in the caller's transaction."""
    _end(UserSession.user_id == user_id)
    _forget_halves(user_id)


def keep_only(user_id: int, token: str) -> str:
    """End every session of somebody but this one, which goes on under a new secret; return it.

    In the caller's transaction. Raises `NotFound` when this one has ended meanwhile.
    """
    fresh, digest = tokens.new(), tokens.digest(token)
    _end(and_(UserSession.user_id == user_id, UserSession.token_digest != digest))
    _forget_halves(user_id)
    kept = update(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.token_digest == digest,
        UserSession.ended_at.is_(None),
    )
    renewed = kept.values(token_digest=tokens.digest(fresh))
    if transaction.changed(renewed.execution_options(synchronize_session=False)) != 1:
        db.session.rollback()
        raise NotFound("session")
    return fresh


def open_of(user_id: int) -> Sequence[UserSession]:
    """Return the sessions of somebody that still let them in, the last used first."""
    now = clock.now()
    return db.session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.ends_at > now,
            UserSession.idle_ends_at > now,
        )
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        .limit(_SHOWN)
    ).all()


def close_one(user_id: int, session_id: int) -> None:
    """End one session of somebody, in the caller's transaction."""
    _end(and_(UserSession.id == session_id, UserSession.user_id == user_id))


def _touch(session: UserSession, idle: timedelta) -> None:
    """Write the sign of life at most once a minute: a page view is not worth a commit."""
    now, session_id, ends_at = clock.now(), session.id, session.ends_at
    if now - session.seen_at < TOUCHED_EVERY:
        return
    transaction.begin()
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(seen_at=now, idle_ends_at=min(now + idle, ends_at))
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _end(whose: ColumnElement[bool]) -> None:
    db.session.execute(
        update(UserSession)
        .where(whose, UserSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _forget_halves(user_id: int) -> None:
    """Take back the tickets of those who know the password and owe the code."""
    its = delete(HalfSignIn).where(HalfSignIn.user_id == user_id)
    db.session.execute(its.execution_options(synchronize_session=False))
