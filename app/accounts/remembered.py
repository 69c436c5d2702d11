"""«Keep me signed in»: a browser that opens sessions by itself, for fourteen days.

Its cookie names a row and holds a secret that is another one after each use. Whoever comes with a
secret of before has a copy: then nobody is let in with either, and the person is told.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select

from app.accounts import sessions, tokens, users
from app.accounts.models import User
from app.accounts.session_models import RememberedBrowser
from app.core import audit, clock, transaction
from app.core.audit import Actor
from app.extensions import db
from app.mail.engine import engine

LIFE = timedelta(days=14)
# Two pages opened at once both come with the same secret; so does a page whose answer got lost.
SAME_MOMENT = timedelta(minutes=1)
KEPT = timedelta(days=30)
STOLEN = "remembered_stolen"


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody who was let in again: secrets of the session and of the cookie, if it is new."""

    session: str = field(repr=False)
    cookie: str = field(default="", repr=False)


def remember(user: User, *, ip: str, user_agent: str) -> tuple[int, str]:
    """Remember a browser, in the caller's transaction; return its number and its cookie."""
    series, secret, now = tokens.new(), tokens.new(), clock.now()
    row = RememberedBrowser(
        series_digest=tokens.digest(series),
        digest=tokens.digest(secret),
        previous_digest="",
        user_id=user.id,
        created_at=now,
        used_at=now,
        ends_at=now + LIFE,
        ip=ip[:45],
        user_agent=user_agent[: sessions.AGENT_LENGTH],
    )
    db.session.add(row)
    db.session.flush()
    return row.id, f"{series}.{secret}"


def come_back(cookie: str, actor: Actor, user_agent: str) -> Returned | None:
    """Open a session for a remembered browser; None when it is not, or no longer, remembered.

    The session is not a confirmed one: dangerous deeds ask for the password.
    """
    series, _dot, secret = cookie.partition(".")
    transaction.begin()
    row = _find(series)
    user = db.session.get(User, row.user_id) if row else None
    if row is None or user is None or not user.is_active:
        db.session.rollback()
        return None
    digest, now = tokens.digest(secret), clock.now()
    is_again = digest == row.previous_digest and now - row.used_at < SAME_MOMENT
    if digest != row.digest and not is_again:
        _was_stolen(row, user, actor)
        return None
    fresh = "" if is_again else tokens.new()
    if fresh:
        row.previous_digest, row.digest = row.digest, tokens.digest(fresh)
        row.used_at, row.ip = now, actor.ip[:45]
    session = sessions.open_for(
        user, ip=actor.ip, user_agent=user_agent, remembered_id=row.id, is_confirmed=False
    )
    details = {"how": "remembered"}
    audit.record(
        "session.opened",
        actor=actor.known_as(user.id, user.email),
        target=_target(user),
        details=details,
    )
    db.session.commit()
    return Returned(session, f"{series}.{fresh}" if fresh else "")


def resting_of(user_id: int) -> list[RememberedBrowser]:
    """Return the remembered browsers of somebody in which no session is open just now."""
    open_ones = {session.remembered_id for session in sessions.open_of(user_id)}
    rows = db.session.scalars(
        select(RememberedBrowser)
        .where(
            RememberedBrowser.user_id == user_id,
            RememberedBrowser.ended_at.is_(None),
            RememberedBrowser.ends_at > clock.now(),
        )
        .order_by(RememberedBrowser.used_at.desc(), RememberedBrowser.id.desc())
        .limit(50)
    )
    return [row for row in rows if row.id not in open_ones]


def forget_old() -> int:
    """Delete what was remembered until a month ago; commit, return how many."""
    transaction.begin()
    old = delete(RememberedBrowser).where(RememberedBrowser.ends_at < clock.now() - KEPT)
    gone = transaction.changed(old.execution_options(synchronize_session=False))
    db.session.commit()
    return gone


def _find(series: str) -> RememberedBrowser | None:
    """Return the row, held: two who come with one cookie follow one another."""
    return db.session.scalar(
        select(RememberedBrowser)
        .where(
            RememberedBrowser.series_digest == tokens.digest(series),
            RememberedBrowser.ended_at.is_(None),
            RememberedBrowser.ends_at > clock.now(),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _was_stolen(row: RememberedBrowser, user: User, actor: Actor) -> None:
    """Let nobody in with this cookie any more, whoever had it first, and tell the person."""
    sessions.close_remembered(user.id, row.id)
    users.notify(user, STOLEN)
    audit.record("session.stolen", actor=actor, target=_target(user))
    db.session.commit()
    engine.wake()


def _target(user: User) -> str:
    return f"user:{user.id}"
