"""What a person chose: language and theme with switches that cookies keep, and the time zone."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from flask import Response, has_request_context, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.core import site
from app.i18n import locales
from app.web.http import cookies

LOCALE: Final = "locale"
THEME: Final = "theme"
SYSTEM: Final = "system"
# In the order in which the button walks through them.
THEMES: Final = (SYSTEM, "dark", "light")
_LIFETIME = timedelta(days=365)


def select_locale() -> str:
    """The language of this request.

    What its address asks for; the setting of the account; what the switch of the page was set to;
    what the browser wishes; the language of the site.
    """
    if not has_request_context():
        return locales.get(site.current().locale).babel
    own = asked_locale() or _pseudo_locale() or _of_the_account()
    code = own or _chosen_locale() or _wished_locale()
    return locales.get(code or site.current().locale).babel


def select_time_zone() -> str:
    """The time zone of this request: the setting of the account, else that of the site."""
    own = current_user.time_zone if has_request_context() and _is_signed_in() else None
    return own or site.time_zone()


def without_account() -> str:
    """The language when nobody may be asked who is there: the database may be what is broken."""
    return asked_locale() or _chosen_locale() or _wished_locale() or locales.DEFAULT


def asked_locale() -> str | None:
    """The language that the address of the page asks for (`?lang=fa`), when it is known."""
    code = request.args.get("lang")
    return code if request.method == "GET" and code in locales.offered() else None


def theme() -> str:
    """The theme that the address asks for, else the chosen one; empty when the device decides."""
    asked = request.args.get(THEME)
    chosen = asked if asked in THEMES else chosen_of(THEME, THEMES)
    return chosen if chosen and chosen != SYSTEM else ""


def next_theme() -> str:
    """The theme to which the button leads."""
    return THEMES[(THEMES.index(theme() or SYSTEM) + 1) % len(THEMES)]


def remember(response: BaseResponse, name: str, value: str) -> None:
    """Give the browser a cookie with the choice; no script can read it."""
    cookies.write(response, name, value, _LIFETIME)


def remember_asked(response: Response) -> Response:
    """Keep the language that a link asked for, so that the next page has it too."""
    if code := asked_locale():
        remember(response, LOCALE, code)
    return response


def chosen_of(name: str, known: Collection[str]) -> str | None:
    """What the browser remembers of a choice, when it is one of those that there are."""
    value = cookies.read(name)
    return value if value in known else None


def _chosen_locale() -> str | None:
    return chosen_of(LOCALE, locales.offered().keys())


def _pseudo_locale() -> str | None:
    """The pseudo-language that a developer looks at; no account has one."""
    code = _chosen_locale()
    return code if code in locales.PSEUDO else None


def _of_the_account() -> str | None:
    return current_user.locale if _is_signed_in() else None


def _is_signed_in() -> bool:
    return bool(current_user and current_user.is_authenticated)


def _wished_locale() -> str | None:
    """The first of the languages that the browser prefers which there is here."""
    return request.accept_languages.best_match(locales.LOCALES)
