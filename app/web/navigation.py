"""The menu of the panel: only pages that exist, only for those who may open them."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import LazyString

from app.core import site
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

    @property
    def url(self) -> str:
        """Where it leads."""
        return urls.url(self.endpoint)

    @property
    def current(self) -> bool:
        """Whether the reader is there, or on a page below it."""
        screen = (request.endpoint or "").partition(".")[0]
        return screen in (self.endpoint.partition(".")[0], *self.below)


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
_VISITOR = (Group(_l("User account"), (_SIGN_IN, Link(_l("Sign up"), "user", "registration.new"))),)
_VISITOR_OF_CLOSED = (Group(_l("User account"), (_SIGN_IN,)),)
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


def navigation() -> Iterator[Group]:
    """The groups of the menu that have at least one page for this person."""
    for group in (*_groups(), *_DEVELOPMENT):
        if links := tuple(link for link in group.links if has_page(link.endpoint)):
            yield Group(group.title, links)


def _groups() -> tuple[Group, ...]:
    if not current_user.is_authenticated:
        return _VISITOR if site.current().registration_open else _VISITOR_OF_CLOSED
    return (*_PANEL, *_OWN) if current_user.is_admin else _OWN


def home_url() -> str:
    """The page behind the name of the system."""
    if current_user.is_authenticated and current_user.is_admin:
        return urls.url("dashboard.overview")
    return "/"
