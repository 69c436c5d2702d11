"""The tiles of System management, in sections; only those whose page exists are shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString

from app.accounts.people.awaiting import COUNTED_TO, Figures, Waiters
from app.core import clock, site
from app.i18n import locales
from app.i18n.formats import bounded, number, relative
from app.i18n.text import _, _l, _n
from app.mail.status.queries import Overview
from app.mail.status.traffic import Counts
from app.web.dashboard.pills import Pill
from app.web.mail_state.mail_situation import LOOKS, waiting_word
from app.web.navigation import has_page


@dataclass(frozen=True, slots=True)
class Tile:
    """A way to a page."""

    endpoint: str
    icon: str
    title: LazyString
    text: LazyString
    pill: Pill | None = None

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some tiles under a heading; other pages lead here by the name."""

    name: str
    title: LazyString
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Figured:
    """The numbers behind the states of the tiles."""

    overview: Overview
    lately: Counts
    waiters: Waiters
    people: Figures


def shelves(known: Figured) -> Iterator[Shelf]:
    """The sections that have at least one page, each tile with its state."""
    for name, title, tiles in (
        ("settings", _l("System settings"), _of_settings(known)),
        ("people", _l("Users and access"), _of_people(known)),
    ):
        if shown := tuple(tile for tile in tiles if has_page(tile.endpoint)):
            yield Shelf(name, title, shown)


def _of_settings(known: Figured) -> Iterator[Tile]:
    look = LOOKS[known.overview.situation]
    yield Tile(
        "smtp_settings.edit",
        "mail",
        _l("SMTP settings"),
        _l("Primary and secondary server for outgoing mail"),
        Pill(look.kind, look.icon, str(look.word)),
    )
    yield Tile(
        "outbox.index",
        "outbox",
        _l("Outbox"),
        _l("Waiting mail, and what happened to the rest"),
        _outbox_pill(known),
    )
    yield Tile(
        "settings.edit",
        "sliders",
        _l("System settings"),
        _l("Name, address, language, time zone, registration"),
        _registration_pill(),
    )
    count = len(locales.LOCALES)
    said = _n("%(shown)s language", "%(shown)s languages", count, shown=number(count))
    yield Tile(
        "languages.index",
        "language",
        _l("Languages"),
        _l("Which translations there are, and how complete"),
        Pill("idle", "globe", said),
    )


def _of_people(known: Figured) -> Iterator[Tile]:
    yield Tile(
        "users.index",
        "users",
        _l("Users"),
        _l("Accounts and pending registrations"),
        _people_pill(known),
    )
    audited_at = known.people.audited_at
    yield Tile(
        "audit.index",
        "log",
        _l("Audit log"),
        _l("Who changed what, when and from where"),
        Pill("idle", "clock", relative(audited_at, clock.now())) if audited_at else None,
    )


def _registration_pill() -> Pill:
    if site.current().registration_open:
        return Pill("idle", "user", _("Registration is open"))
    return Pill("idle", "lock", _("Registration is closed"))


def _outbox_pill(known: Figured) -> Pill:
    if waiting := waiting_word(known.overview):
        return Pill("warn", "clock", waiting)
    accepted = known.lately.accepted
    # i18n: on the tile of the outbox: how many mails the servers took since this time yesterday.
    said = _n(
        "%(shown)s accepted in 24 hours",
        "%(shown)s accepted in 24 hours",
        accepted,
        shown=number(accepted),
    )
    return Pill("ok", "check", said) if accepted else Pill("idle", "check", _("Nothing waits"))


def _people_pill(known: Figured) -> Pill:
    if waiting := known.waiters.count:
        said = _n(
            "%(shown)s waits for mail",
            "%(shown)s wait for mail",
            waiting,
            shown=bounded(waiting, known.waiters.most),
        )
        return Pill("warn", "clock", said)
    users = known.people.users
    said = _n("%(shown)s user", "%(shown)s users", users, shown=bounded(users, COUNTED_TO))
    return Pill("idle", "user", said)
