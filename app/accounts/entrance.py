"""The door from inside: what happens when it is clear who comes in, however that became clear."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.accounts import deletion, known_browsers, remembered, sessions, users
from app.accounts.models import User
from app.core import audit
from app.core.audit import Actor
from app.extensions import db

NEW_BROWSER = "new_browser"


@dataclass(frozen=True, slots=True)
class Visit:
    """The browser in which somebody signs in: its name, its secret if it has been here before."""

    user_agent: str = ""
    browser: str = field(default="", repr=False)
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """The secrets for the cookies of somebody who came in; `remembered` only when they asked.

    `is_told`: a mail about it waits, so the caller wakes the engine after the commit.
    """

    session: str = field(repr=False)
    browser: str = field(repr=False)
    locale: str
    remembered: str = field(default="", repr=False)
    stays: bool = False
    is_told: bool = False


def admit(
    user: User, visit: Visit, actor: Actor, how: Mapping[str, object] | None = None
) -> Entered:
    """Open a session, in the caller's transaction, for somebody who has proven who they are.

    Whoever wanted to delete the account stays by coming in; a browser never seen before is told.
    """
    signed_in = actor.known_as(user.id, user.email)
    stays = deletion.stay(user, signed_in)
    number, cookie = _remember(user, visit, actor)
    session = sessions.open_for(
        user, ip=actor.ip, user_agent=visit.user_agent, remembered_id=number
    )
    browser, is_strange = known_browsers.note(user.id, visit.browser)
    if is_strange:
        users.notify(user, NEW_BROWSER, occasion=_number_of(session))
    audit.record("session.opened", actor=signed_in, target=f"user:{user.id}", details=how)
    return Entered(session, browser, user.locale, cookie, stays, is_told=is_strange)


def _remember(user: User, visit: Visit, actor: Actor) -> tuple[int | None, str]:
    if not visit.remember:
        return None, ""
    return remembered.remember(user, ip=actor.ip, user_agent=visit.user_agent)


def _number_of(session: str) -> str:
    db.session.flush()
    return str(sessions.number_of(session))
