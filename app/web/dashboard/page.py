"""Everything the first page shows: what needs attention, the tiles, what happened lately."""

from dataclasses import dataclass

from app.mail import alert_records
from app.web import mail_now
from app.web.alert_lines import Line, change_line, open_lines
from app.web.dashboard.tiles import Shelf, shelves

_CHANGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of the page, from the top."""

    attention: list[Line]
    shelves: list[Shelf]
    changes: list[Line]


def read_page() -> Page:
    """Read everything once."""
    told = mail_now.recent_alerts()
    changes = alert_records.transitions(told, mail_now.LOOKED_BACK, _CHANGES_SHOWN)
    return Page(
        attention=open_lines(told),
        shelves=list(shelves(mail_now.overview())),
        changes=[change_line(change) for change in changes],
    )
