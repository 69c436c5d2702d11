"""The menu of the panel: only pages that exist, only for those who may open them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from flask import current_app, request
from flask_babel import LazyString

from app.core import site
from app.i18n import locales
from app.i18n.text import _l
from app.web.drawing import urls
from app.web.visitors.access import current_user


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the menu."""

    title: LazyString
    icon: str
    endpoint: str
    # Screens that stand below this page.
    below: tuple[str, ...] = ()

    def shown(self, screen: str) -> "Shown":
        """Return the line as it is drawn on a page of that screen."""
        is_here = screen in (self.endpoint.partition(".")[0], *self.below)
        return Shown(str(self.title), self.icon, urls.url(self.endpoint), is_here)


class Who(Enum):
    """For whom there is a menu."""

    ADMIN = auto()
    USER = auto()
    VISITOR = auto()
    VISITOR_OF_CLOSED = auto()


class Shown(NamedTuple):
    """A line of the menu in the reader's language; the current one leads to where they are."""

    title: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Some lines under a heading."""

    title: LazyString
    links: tuple[Link, ...]


_BELOW_SMTP = ("deliverability", "failover_drill")
_BELOW_ACCOUNT = ("second_factor",)
_PANEL = (
    Group(
        _l("System management"),
        (
            Link(_l("Overview"), "home", "dashboard.overview"),
            Link(_l("Users"), "users", "users.index"),
        ),
    ),
    Group(
        _l("System settings"),
        (
            Link(_l("System settings"), "sliders", "settings.edit"),
            Link(_l("SMTP settings"), "mail", "smtp_settings.edit", _BELOW_SMTP),
            Link(_l("Outbox"), "outbox", "outbox.index"),
            Link(_l("Languages"), "language", "languages.index"),
            Link(_l("Audit log"), "log", "audit.index"),
        ),
    ),
)
_OWN = (
    Group(
        _l("User account"),
        (Link(_l("Your account"), "user", "profile.show", _BELOW_ACCOUNT),),
    ),
)
_SIGN_IN = Link(_l("Sign in"), "key", "sessions.new")
_SIGN_UP = Link(_l("Sign up"), "user", "registration.new")
_MENUS = {
    Who.ADMIN: (*_PANEL, *_OWN),
    Who.USER: _OWN,
    Who.VISITOR: (Group(_l("User account"), (_SIGN_IN, _SIGN_UP)),),
    Who.VISITOR_OF_CLOSED: (Group(_l("User account"), (_SIGN_IN,)),),
}
_DEVELOPMENT = (
    Group(
        _l("Development"),
        (
            Link(_l("Caught mail"), "inbox", "dev_mail.index"),
            Link(_l("Diagnoses"), "spark", "dev_diagnoses.index"),
            Link(_l("Parts"), "sliders", "dev_parts.index"),
        ),
    ),
)


def has_page(endpoint: str) -> bool:
    """Whether the page exists in this installation."""
    return endpoint in current_app.view_functions


def navigation() -> Sequence[tuple[str, Sequence[Shown]]]:
    """The groups of the menu that have at least one page for people like this one.

    The menu is the same for all of them, on every page of a screen.
    """
    who, screen = _who(), (request.endpoint or "").partition(".")[0]
    return urls.once((who, screen, locales.current()), lambda: list(_menu(who, screen)))


def _menu(who: Who, screen: str) -> Iterator[tuple[str, Sequence[Shown]]]:
    for group in (*_MENUS[who], *_DEVELOPMENT):
        links = [link.shown(screen) for link in group.links if has_page(link.endpoint)]
        if links:
            yield str(group.title), links


def _who() -> Who:
    if not current_user.is_authenticated:
        return Who.VISITOR if site.current().registration_open else Who.VISITOR_OF_CLOSED
    return Who.ADMIN if current_user.is_admin else Who.USER


def home_url() -> str:
    """The page behind the name of the system."""
    if current_user.is_authenticated and current_user.is_admin:
        return urls.url("dashboard.overview")
    return "/"
