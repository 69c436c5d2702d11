"""Who is behind a request: found by the session secret in the signed cookie, nothing else.

Between the two halves of a sign-in the cookie holds a ticket, which lets nobody in.
"""

from dataclasses import dataclass, field

from flask import Flask, session
from flask_login import UserMixin, login_user, logout_user

from app.accounts import sessions
from app.config import current_config
from app.extensions import login_manager
from app.web.unattended import is_unattended

# Under this name Flask-Login keeps in the cookie what the loader is asked with.
_KEPT_AS = "_user_id"
_TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class CurrentUser(UserMixin):  # type: ignore[misc]
    """Somebody signed in, as pages and decorators see them."""

    id: int
    name: str
    email: str
    locale: str
    is_admin: bool
    has_second_factor: bool
    secret: str = field(repr=False)

    def get_id(self) -> str:
        """Return what the cookie keeps: the secret of the session, never the number of the user."""
        return self.secret

    @property
    def owes_second_factor(self) -> bool:
        """Tell whether they may do nothing before they have set up their second step."""
        is_wanted = current_config().wants_second_factor(is_admin=self.is_admin)
        return is_wanted and not self.has_second_factor


def init_app(_app: Flask) -> None:
    """Let Flask-Login ask us, and let it decide nothing by itself."""
    login_manager.user_loader(load)
    login_manager.session_protection = None


def load(secret: str) -> CurrentUser | None:
    """Return who holds the session; None when it has ended, whatever the cookie says."""
    found = sessions.find(secret, is_here=not is_unattended())
    if found is None:
        return None
    return CurrentUser(
        found.id,
        found.name,
        found.email,
        found.locale,
        found.is_admin,
        found.has_second_factor,
        secret,
    )


def enter(secret: str, *, remember: bool) -> None:
    """Begin a browser session anew: nothing of the one before is kept, its form token neither."""
    leave()
    user = load(secret)
    session.permanent = remember
    login_user(user)


def go_on(secret: str) -> None:
    """Let this browser go on with its session under a new secret and a new form token."""
    enter(secret, remember=session.permanent)


def wait_for_code(ticket: str) -> None:
    """Keep the ticket of the first half in this browser; whoever was in before is out."""
    leave()
    session[_TICKET] = ticket


def ticket() -> str:
    """The ticket of the first half; empty when there is none."""
    return str(session.get(_TICKET, ""))


def leave() -> None:
    """End the session of this browser for good."""
    if secret := session.get(_KEPT_AS):
        sessions.close(str(secret))
    logout_user()
    session.clear()
