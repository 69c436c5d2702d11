"""The audit as a page and as a file: its lines in words, and what the filters offer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import url_for
from markupsafe import Markup

from app.accounts.models import PendingRegistration, User
from app.accounts.people import directory
from app.core import audit_trail, clock
from app.core.audit import AuditEntry
from app.core.pagination import Page
from app.i18n.formats import format_datetime, number
from app.i18n.text import _, _l
from app.mail.alerts import words as alert_words
from app.mail.alerts.conditions import Condition
from app.mail.models import Role
from app.web.audit import asked, details
from app.web.audit.asked import Asked
from app.web.audit.details import Detail
from app.web.drawing.markup import code, fill, ltr, person
from app.web.lists import days, listing
from app.web.visitors.devices import shortened
from app.web.words import audit_words

HEADS: Final = (
    _l("Number"),
    _l("When"),
    _l("Who"),
    _l("From where"),
    _l("Browser"),
    _l("What"),
    _l("Event"),
    _l("About"),
    _l("Before"),
    _l("After"),
    _l("Request number"),
)
_PLACES: Final = {
    "smtp": ("smtp_settings.edit", _l("SMTP settings")),
    "settings": ("settings.edit", _l("System settings")),
    "outbox": ("outbox.index", _l("Outbox")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    id: int
    at: datetime
    icon: str
    what: str | Markup
    who: Markup
    who_url: str
    ip: str
    browser: Markup | None
    about: Markup | None
    about_url: str
    details: Sequence[Detail]


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    asked: Asked
    page: Page[AuditEntry]
    lines: Sequence[Line]
    about: Markup | None
    areas: Sequence[tuple[object, Sequence[tuple[str, object]]]]
    actors: Sequence[object]
    days: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has ever been written down."""
        return not self.page.items and self.asked.is_wide and self.page.is_only_one


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the people of a page."""

    users: Mapping[int, str]
    pending: Mapping[int, str]


def view(question: Asked) -> View:
    """Return the entries that were asked for."""
    page = audit_trail.newest(question.filters, listing.cursor())
    about = question.typed["about"]
    targets = [entry.target for entry in page.items] + [about]
    actors = {entry.actor_id for entry in page.items if entry.actor_id}
    names = _Names(
        directory.names(User, actors | _numbers("user", targets)),
        directory.names(PendingRegistration, _numbers("registration", targets)),
    )
    return View(
        question,
        page,
        [_line(entry, names) for entry in page.items],
        _about(about, {}, names) if about else None,
        _areas(),
        list(audit_words.ACTORS.values()),
        days.suggested(clock.now()),
    )


def rows(question: Asked) -> Iterator[Sequence[object]]:
    """Give what matches as lines of a file."""
    for entry in audit_trail.every(question.filters):
        changed = details.of(entry)
        yield (
            entry.id,
            format_datetime(entry.at, "machine"),
            audit_words.ACTORS.get(entry.actor, entry.actor),
            entry.ip,
            entry.browser,
            audit_words.event_plain(entry.event),
            entry.event,
            entry.target,
            _told((one.label, one.before) for one in changed if one.before is not None),
            _told((one.label, one.value) for one in changed),
            entry.request_id,
        )


def _told(pairs: Iterator[tuple[str | Markup, Markup]]) -> str:
    return "; ".join(f"{_plain(label)}: {_plain(value)}" for label, value in pairs)


def _plain(text: str | Markup) -> str:
    return text.striptags() if isinstance(text, Markup) else text


def _areas() -> list[tuple[object, list[tuple[str, object]]]]:
    """The events by their areas, the whole area first."""
    return [
        (
            title,
            [
                (f"{asked.AREA}{name}", _("All of: %(area)s", area=str(title))),
                *((event, audit_words.EVENTS[event]) for event in audit_words.events_of(name)),
            ],
        )
        for name, title in audit_words.titles().items()
    ]


def _line(entry: AuditEntry, names: _Names) -> Line:
    return Line(
        id=entry.id,
        at=entry.at,
        icon=audit_words.icon_of(entry.event),
        what=audit_words.event_word(entry),
        who=_who(entry, names),
        who_url=listing.filtered_url("who", entry.actor),
        ip=entry.ip,
        browser=shortened(entry.browser) if entry.browser else None,
        about=_about(entry.target, entry.details, names, entry.event)
        if entry.target != f"place:{entry.ip}"
        else None,
        about_url=listing.filtered_url("about", entry.target) if entry.target else "",
        details=details.of(entry),
    )


def _who(entry: AuditEntry, names: _Names) -> Markup:
    if entry.actor in audit_words.ACTORS:
        return person(str(audit_words.ACTORS[entry.actor]))
    name = names.users.get(entry.actor_id or 0)
    return person(name) if name else ltr(entry.actor)


def _about(
    target: str, more: Mapping[str, object], names: _Names, event: str = ""
) -> Markup | None:
    """The thing or the person that an entry is about, with a way there where there is one."""
    kind, _colon, text = target.partition(":")
    found = int(text) if text.isascii() and text.isdigit() else 0
    if target in _PLACES:
        endpoint, title = _PLACES[target]
        return _link(url_for(endpoint), str(title))
    if kind == "user" and found:
        name = names.users.get(found)
        return _link(url_for("users.show", user_id=found), person(name)) if name else _gone(found)
    if kind == "registration" and found:
        name = names.pending.get(found)
        url = url_for("users.attempt", pending_id=found)
        return _link(url, person(name)) if name else _ended(found)
    if kind == "outbox" and found:
        url = url_for("outbox.show", message_id=found)
        return _link(url, _("mail %(number)s", number=number(found)))
    if target in set(Condition):
        return _condition(Condition(target), more, event)
    words = ltr(text) if kind == "place" else code(target)
    return words if target else None


def _gone(user_id: int) -> Markup:
    return fill(_("User number %(number)s"), number=ltr(user_id))


def _ended(pending_id: int) -> Markup:
    return fill(_("Registration number %(number)s"), number=ltr(pending_id))


def _condition(condition: Condition, more: Mapping[str, object], event: str) -> Markup:
    server = more.get("server")
    role = Role(str(server)) if server in set(Role) else None
    words = alert_words.over if event.endswith(".closed") else alert_words.begun
    return fill(str(words(condition, role)))


def _link(url: str, words: object) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, words)


def _numbers(kind: str, targets: Sequence[str]) -> set[int]:
    """The numbers of the rows of one kind that are spoken of."""
    pairs = (target.partition(":") for target in targets)
    return {
        int(text)
        for name, _colon, text in pairs
        if name == kind and text.isascii() and text.isdigit() and len(text) < 10
    }
