"""What the lists of people show: the page, what is looked for, and the words for the filters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from flask_babel import LazyString
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.accounts.models import PendingRegistration, User
from app.accounts.people import directory
from app.accounts.people.directory import Listed, PendingFilter, UserFilter
from app.core.pagination import Page
from app.i18n.formats import format_datetime
from app.i18n.text import _l
from app.mail.models import OutboxMessage
from app.web.drawing import pieces
from app.web.lists import listing
from app.web.users import filters, words

HEADS: Final = (
    _l("Name"),
    _l("E-mail address"),
    _l("Role"),
    _l("State"),
    _l("Language"),
    _l("Registered on"),
    _l("Activated on"),
)
PENDING_HEADS: Final = (
    _l("Name"),
    _l("E-mail address"),
    _l("How they joined"),
    _l("Their mail"),
    _l("Language"),
    _l("When"),
    _l("Kept until"),
)
Options = Sequence[tuple[str, LazyString | str]]


class Row(NamedTuple):
    """Somebody in words, ready to be written: there are many of them on a page."""

    id: int
    name: str
    email: str
    role: str
    mark: Markup
    seen: Markup | str


@dataclass(frozen=True, slots=True)
class Users:
    """A page of people."""

    page: Page[Listed]
    rows: Sequence[Row]
    wanted: UserFilter
    waiting: int
    roles: Options
    states: Options


@dataclass(frozen=True, slots=True)
class Pending:
    """A page of attempts that wait."""

    page: Page[Any]
    wanted: PendingFilter
    mails: Mapping[int, OutboxMessage]
    waiting: int
    kinds: Options
    fates: Options


def users(sent: MultiDict[str, str]) -> Users:
    """Read a page of people as the address asks."""
    wanted = filters.of_users(sent)
    page = directory.users(wanted, listing.cursor())
    return Users(
        page,
        _rows(page.items),
        wanted,
        directory.pending_count(),
        roles=[("", _l("All roles")), *((role.value, word) for role, word in words.ROLES.items())],
        states=[
            ("", _l("All states")),
            *((state.value, mark.text) for state, mark in words.STATES.items()),
        ],
    )


def _rows(people: Sequence[Listed]) -> list[Row]:
    """Say each word once that many of them share."""
    seen = words.seen_tags()
    roles = {str(role): str(word) for role, word in words.ROLES.items()}
    marks = {str(state): pieces.mark(mark) for state, mark in words.STATES.items()}
    return [
        Row(id_, name, email, roles[role], marks[state], seen(seen_at) if seen_at else "")
        for id_, name, email, role, state, seen_at in people
    ]


def pending(sent: MultiDict[str, str]) -> Pending:
    """Read a page of attempts as the address asks."""
    wanted = filters.of_pending(sent)
    page = directory.pending(wanted, listing.cursor())
    return Pending(
        page,
        wanted,
        directory.newest_mails([attempt.id for attempt in page.items]),
        directory.pending_count(),
        kinds=[
            ("", _l("All")),
            ("registered", _l("Registered themselves")),
            ("invited", _l("Invited")),
        ],
        fates=[("", _l("All mails")), *((fate.value, word) for fate, word in words.FATES.items())],
    )


def rows(people: Iterable[User]) -> Iterator[Sequence[object]]:
    """The lines of the file, one for each person."""
    for user in people:
        registered, activated = user.created_at, user.activated_at
        yield (
            user.name,
            user.email,
            user.role,
            user.state,
            user.locale,
            format_datetime(registered, "machine"),
            format_datetime(activated, "machine"),
        )


def pending_rows(
    attempts: Iterable[tuple[PendingRegistration, OutboxMessage | None]],
) -> Iterator[Sequence[object]]:
    """The lines of the file, one for each attempt that waits."""
    for one, mail in attempts:
        yield (
            one.name,
            one.email,
            words.came_word(one),
            words.mail_mark(mail).text,
            one.locale,
            format_datetime(one.created_at, "machine"),
            format_datetime(one.keep_until, "machine"),
        )
