"""The browser in which somebody registered: it alone is let in when the account opens."""

from dataclasses import dataclass, field
from datetime import timedelta

from app.accounts import sessions, tokens
from app.accounts.models import ActivationToken, PendingRegistration, User
from app.core import audit, clock, transaction
from app.core.audit import Actor
from app.extensions import db

# So long after a server took the mail one press also signs in; later the password is asked for.
ONE_PRESS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request came from: the handle of the attempt begun there, if any, and its name."""

    handle: str = field(default="", repr=False)
    user_agent: str = ""


UNKNOWN = Browser()


def registered_here(browser: Browser, row: ActivationToken, pending: PendingRegistration) -> bool:
    """Tell whether a link was opened where its attempt was begun, soon after the mail came."""
    taken_at = row.expires_at - tokens.life_of(pending)
    is_soon = clock.now() < taken_at + ONE_PRESS
    return is_soon and has_begun(browser, pending)


def has_begun(browser: Browser, pending: PendingRegistration) -> bool:
    """Tell whether an attempt was begun in this browser."""
    return bool(browser.handle) and tokens.digest(browser.handle) == pending.handle_digest


def let_in(user_id: int, browser: Browser, actor: Actor) -> str:
    """Open a session for somebody whose account has just opened here; return its secret."""
    transaction.begin()
    user = db.session.get_one(User, user_id)
    secret = sessions.open_for(user, remember=False, ip=actor.ip, user_agent=browser.user_agent)
    signed_in = Actor(user.id, user.email, actor.ip, actor.request_id)
    audit.record("session.opened", actor=signed_in, target=f"user:{user.id}")
    db.session.commit()
    return secret
