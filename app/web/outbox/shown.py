"""The list as a page: its lines, what the filters offer, what may be done with all of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from markupsafe import Markup

from app.core import clock
from app.core.pagination import Page
from app.i18n.formats import format_datetime, number
from app.i18n.text import _, _l
from app.mail import kinds
from app.mail.log import export, log
from app.mail.log.log import Line
from app.mail.models import Role
from app.web.drawing import pieces, times
from app.web.lists import days, listing
from app.web.outbox import asked, words
from app.web.outbox.asked import HELD, Asked
from app.web.words import mail_kinds

Options = list[tuple[str, object]]

_AT_ONCE = 500
_STATES: Final = {
    # i18n: state of mails: not yet accepted by a server, and not given up.
    "waiting": _l("Waiting"),
    HELD: _l("Held, because SMTP is off"),
    "unknown": _l("Outcome unknown"),
    "sent": _l("Accepted"),
    "failed": _l("Failed"),
    "cancelled": _l("Cancelled"),
}
HEADS: Final = (
    _l("Number"),
    _l("Put in"),
    _l("Address"),
    _l("Kind"),
    _l("Language"),
    _l("State"),
    _l("Server"),
    _l("Attempts"),
    # i18n: head of a column: when a mail was sent, given up or cancelled.
    _l("Ended"),
    _l("Last reply"),
)


class Row(NamedTuple):
    """A line in words, ready to be written: there are many of them on a page."""

    id: int
    recipient: str
    kind: str | Markup
    mark: Markup
    server: str
    tries: str
    created: Markup


@dataclass(frozen=True, slots=True)
class View:
    """What the page of the list shows."""

    asked: Asked
    page: Page[Line]
    rows: Sequence[Row]
    states: Options
    kinds: Options
    servers: Options
    days: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there has never been a mail, as far as this page can tell."""
        return not self.page.items and self.asked.is_wide


def view(question: Asked) -> View:
    """Return the list that was asked for."""
    page = log.newest(question.filters, listing.cursor())
    return View(
        question,
        page,
        _rows(page.items),
        [("", _("All states")), *_states()],
        [("", _("All kinds")), *((name, mail_kinds.kind_plain(name)) for name in kinds.names())],
        [
            ("", _("Both servers")),
            *((role.value, str(word)) for role, word in words.SERVERS.items()),
        ],
        days.suggested(clock.now()),
    )


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Say each word once that many of them share."""
    kind, tries, created = cache(mail_kinds.kind_word), cache(number), times.many()
    mark = cache(lambda state, tried: pieces.mark(words.mark(state, tried)))
    server = {role.value: str(word) for role, word in words.SERVERS.items()}
    return [
        Row(
            line.id,
            line.recipient,
            kind(line.kind),
            mark(line.state, line.tries > 0),
            server.get(line.server or "", "–"),
            tries(line.tries),
            created(line.created_at),
        )
        for line in lines
    ]


def described(question: Asked) -> list[tuple[str, str, bool]]:
    """Return the filters in words: label, value, and whether the value is machine text."""
    typed: Mapping[str, str] = question.typed
    labels = {"q": _("Address or name"), "from": _("From day"), "to": _("Until day")}
    found = [(label, typed[name], True) for name, label in labels.items() if typed[name]]
    if typed["state"]:
        found.append((_("State"), str(_STATES[typed["state"]]), False))
    if typed["kind"]:
        found.append((_("Kind"), mail_kinds.kind_plain(typed["kind"]), False))
    found += [
        (_("Server"), str(words.SERVERS[role]), False)
        for role in words.SERVERS
        if role.value == typed["server"]
    ]
    return found


def rows(question: Asked) -> Iterator[tuple[object, ...]]:
    """Give what matches as rows of a table, newest first."""
    for portion in export.every(question.filters, _AT_ONCE):
        said = export.last_words([line.id for line in portion])
        yield from (_row(line, said.get(line.id, "")) for line in portion)


def _row(line: Line, said: str) -> tuple[object, ...]:
    return (
        line.id,
        format_datetime(line.created_at, "machine"),
        line.recipient,
        mail_kinds.kind_plain(line.kind),
        line.locale,
        words.mark(line.state, line.tries).text,
        words.SERVERS[Role(line.server)] if line.server else "",
        line.tries,
        format_datetime(line.finished_at, "machine") if line.finished_at else "",
        " ".join(said.split()),
    )


def _states() -> Options:
    shown = [name for name in asked.STATES if name != HELD or words.is_held()]
    return [(name, _STATES[name]) for name in shown]
