"""Who is behind a request: found by the session secret in the signed cookie, nothing else."""

from dataclasses import dataclass, field

from flask import Flask, session
from flask_login import UserMixin, login_user, logout_user

from app.accounts import sessions
from app.extensions import login_manager
from app.web.unattended import is_unattended

# Under this name Flask-Login keeps in the cookie what the loader is asked with.
_KEPT_AS = "_user_id"


@dataclass(frozen=True, slots=True)
class CurrentUser(UserMixin):  # type: ignore[misc]
    """Somebody signed in, as pages and decorators see them."""

    id: int
    name: str
    email: str
    locale: str
    is_admin: bool
    secret: str = field(repr=False)

    def get_id(self) -> str:
        """Return what the cookie keeps: the secret of the session, never the number of the user."""
        return self.secret


def init_app(_app: Flask) -> None:
    """Let Flask-Login ask us, and let it decide nothing by itself."""
    login_manager.user_loader(load)
    login_manager.session_protection = None


def load(secret: str) -> CurrentUser | None:
    """Return who holds the session; None when it has ended, whatever the cookie says."""
    found = sessions.find(secret, is_here=not is_unattended())
    if found is None:
        return None
    return CurrentUser(found.id, found.name, found.email, found.locale, found.is_admin, secret)


def enter(secret: str, *, remember: bool) -> None:
    """Begin a browser session anew: nothing of the one before is kept, its form token neither."""
    leave()
    user = load(secret)
    session.permanent = remember
    login_user(user)


def leave() -> None:
    """End the session of this browser for good."""
    if secret := session.get(_KEPT_AS):
        sessions.close(str(secret))
    logout_user()
    session.clear()
