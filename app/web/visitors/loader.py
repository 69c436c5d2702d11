"""Who is behind a request: found by the session secret in the signed cookie, nothing else.

A browser that is remembered opens a session by itself when it has none; its cookie is another one
afterwards. The cookie by which a browser is known lets nobody in, and no more does the ticket that
the session cookie holds between the two halves of a sign-in.
"""

from dataclasses import dataclass, field

from flask import Flask, Request, Response, g, request, session
from flask_login import UserMixin, logout_user

from app.accounts import known_browsers, remembered, sessions
from app.accounts.entrance import Entered, Visit
from app.config import current_config
from app.extensions import login_manager
from app.i18n import locales
from app.web.http import cookies
from app.web.http.unattended import is_unattended
from app.web.visitors.access import visitor

_TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class CurrentUser(UserMixin):  # type: ignore[misc]
    """Somebody signed in, as pages and decorators see them."""

    id: int
    name: str
    email: str
    locale: str
    time_zone: str | None
    is_admin: bool
    has_second_factor: bool
    session_id: int
    is_confirmed: bool
    secret: str = field(repr=False)

    def get_id(self) -> str:
        """Return what the cookie keeps: the secret of the session, never the number of the user."""
        return self.secret

    @property
    def owes_second_factor(self) -> bool:
        """Tell whether they may do nothing before they have set up their second step."""
        is_wanted = current_config().wants_second_factor(is_admin=self.is_admin)
        return is_wanted and not self.has_second_factor


def init_app(app: Flask) -> None:
    """Let Flask-Login ask us, and let it decide nothing by itself."""
    login_manager.user_loader(load)
    login_manager.request_loader(come_back)
    login_manager.session_protection = None
    app.after_request(_hand_out)


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
        found.time_zone,
        found.is_admin,
        found.has_second_factor,
        found.session_id,
        found.is_confirmed,
        secret,
    )


def come_back(_request: Request) -> CurrentUser | None:
    """Open a session for a remembered browser; a page that refreshes itself is nobody's return."""
    cookie = cookies.read(cookies.REMEMBERED)
    if not cookie or is_unattended():
        return None
    returned = remembered.come_back(cookie, visitor(), request.user_agent.string)
    if returned is None:
        g.remembered = ""
        return None
    if returned.cookie:
        g.remembered = returned.cookie
    session.clear()
    cookies.sign_in_as(returned.session)
    return load(returned.session)


def enter(entered: Entered) -> None:
    """Begin a browser session anew: nothing of the one before is kept, its form token neither.

    Whoever came in is asked for with the next request; what this one says is in their language.
    """
    leave()
    cookies.sign_in_as(entered.session)
    locales.speak(entered.locale)
    know(entered.browser)
    if entered.remembered:
        g.remembered = entered.remembered


def visit(*, remember: bool = False) -> Visit:
    """Return the browser of this request, as the accounts know one."""
    return Visit(request.user_agent.string, cookies.read(cookies.KNOWN), remember)


def know(browser: str) -> None:
    """Let this browser be recognised when somebody signs in here again."""
    g.browser = browser


def wait_for_code(ticket: str) -> None:
    """Keep the ticket of the first half in this browser; whoever was in before is out."""
    leave()
    session[_TICKET] = ticket


def ticket() -> str:
    """The ticket of the first half; empty when there is none."""
    return str(session.get(_TICKET, ""))


def leave() -> None:
    """End the session of this browser for good, and its right to open another."""
    if secret := session.get(cookies.SIGNED_IN_AS):
        sessions.close(str(secret))
    if cookies.read(cookies.REMEMBERED):
        g.remembered = ""
    logout_user()
    session.clear()


def _hand_out(response: Response) -> Response:
    """Give the browser the cookies that were decided on meanwhile."""
    if (value := g.get("remembered")) is not None:
        if value:
            cookies.write(response, cookies.REMEMBERED, value, remembered.LIFE)
        else:
            cookies.forget(response, cookies.REMEMBERED)
    if browser := g.get("browser"):
        cookies.write(response, cookies.KNOWN, browser, known_browsers.LIFE, "Strict")
    return response
