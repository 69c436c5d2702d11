"""The tiles of System management, in sections; only those whose page exists are shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString

from app.i18n.text import _l
from app.mail.queries import Overview
from app.web.mail_situation import LOOKS, waiting_line
from app.web.navigation import has_page


@dataclass(frozen=True, slots=True)
class Pill:
    """The live state of a tile in a word."""

    kind: str
    icon: str
    text: str


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
    """Some tiles under a heading."""

    title: LazyString
    tiles: tuple[Tile, ...]


def shelves(overview: Overview) -> Iterator[Shelf]:
    """The sections that have at least one page, each tile with its state."""
    for title, tiles in _shelves(overview):
        if shown := tuple(tile for tile in tiles if has_page(tile.endpoint)):
            yield Shelf(title, shown)


def _shelves(overview: Overview) -> tuple[tuple[LazyString, tuple[Tile, ...]], ...]:
    settings = Tile(
        "smtp_settings.edit",
        "mail",
        _l("SMTP settings"),
        _l("Primary and secondary server for outgoing mail"),
        _mail_pill(overview),
    )
    outbox = Tile(
        "outbox.index",
        "outbox",
        _l("Outbox"),
        _l("Mail that waits, and what became of the rest"),
        _waiting_pill(overview),
    )
    people = Tile("users.index", "users", _l("Users"), _l("Accounts and pending registrations"))
    audit = Tile("audit.index", "log", _l("Audit log"), _l("Who changed what, when and from where"))
    return (
        (_l("System settings"), (settings, outbox)),
        (_l("Users and access"), (people, audit)),
    )


def _mail_pill(overview: Overview) -> Pill:
    look = LOOKS[overview.situation]
    return Pill(look.kind, look.icon, str(look.word))


def _waiting_pill(overview: Overview) -> Pill | None:
    waiting = waiting_line(overview)
    return Pill("warn", "clock", waiting) if waiting else None
