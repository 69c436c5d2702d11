"""Everything the first page shows: what needs attention, the tiles, the servers, mail, people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.accounts.people import awaiting
from app.accounts.people.awaiting import Waiters
from app.core import clock
from app.mail.alerts import records
from app.mail.status.queries import WORKER_SILENCE
from app.web.dashboard import attention, mail_chart, servers
from app.web.dashboard.mail_chart import MailChart
from app.web.dashboard.servers import Card
from app.web.dashboard.spans import Span
from app.web.dashboard.tiles import Figured, Shelf, shelves
from app.web.mail_state import mail_now
from app.web.mail_state.alert_lines import Line, change_line
from app.web.mail_state.alerts import Banner

_CHANGES_SHOWN = 10
_WAITERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Worker:
    """The sign of life of the sending process."""

    seen_at: datetime | None
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of the page, from the top."""

    attention: Sequence[Banner]
    over: Sequence[Banner]
    verdict: tuple[object, object] | None
    shelves: Sequence[Shelf]
    servers: Sequence[Card]
    worker: Worker
    chart: MailChart
    waiters: Waiters
    changes: Sequence[Line]


def read_page(span: Span) -> Page:
    """Read everything once."""
    now = clock.now()
    overview, glance, told = mail_now.overview(), mail_now.glance(), mail_now.recent_alerts()
    waiters = awaiting.longest(_WAITERS_SHOWN)
    chart, lately = mail_chart.read(span, now)
    wrong, over = attention.read(overview, glance, lately, waiters)
    is_calm = all(banner.kind == "tip" for banner in wrong)
    changes = records.transitions(told, mail_now.LOOKED_BACK, _CHANGES_SHOWN)
    return Page(
        attention=wrong,
        over=over,
        verdict=attention.verdict(overview, waiters) if is_calm else None,
        shelves=list(shelves(Figured(overview, lately, waiters, awaiting.figures()))),
        servers=servers.read(glance),
        worker=_worker(glance.worker_seen_at, now),
        chart=chart,
        waiters=waiters,
        changes=[change_line(change) for change in changes],
    )


def _worker(seen_at: datetime | None, now: datetime) -> Worker:
    return Worker(seen_at, seen_at is not None and now - seen_at < WORKER_SILENCE)
