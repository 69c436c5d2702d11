"""What administrators must know on every page of the panel: banners for what is wrong now.

The worst is told as a whole; beside it only what it does not imply. What has just ended is told
in one quiet line, which each browser may put away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from app.core import clock
from app.mail.alerts.alerts import BY_SITUATION
from app.mail.alerts.conditions import Condition
from app.mail.alerts.records import Alert
from app.mail.status.queries import Overview, Situation
from app.web.mail_state import mail_now
from app.web.mail_state.alert_lines import cause_of, link_to_mend, since_line, title
from app.web.mail_state.mail_situation import LOOKS, cause_line, waiting_line, words_line
from app.web.visitors.access import current_user

_QUIET_FOR = timedelta(hours=1)
# The end of one of these means that mail works again; the first set-up is no recovery.
_FAILURES = frozenset(Condition) - {Condition.NOT_SET_UP, Condition.OLDEST_TOO_OLD}


@dataclass(frozen=True, slots=True)
class Banner:
    """One banner: how bad, what, where to go; with a name it can be put away."""

    kind: str
    icon: str
    title: object
    lines: Sequence[object] = ()
    url: str = ""
    action: object = ""
    name: str = ""


def alerts() -> Sequence[Banner]:
    """The banners of this moment for the person who looks."""
    if not (current_user.is_authenticated and current_user.is_admin):
        return ()
    overview, told = mail_now.overview(), mail_now.recent_alerts()
    return (
        *_whole(overview, told),
        *(_single(alert) for alert in told if _says_more(alert, overview)),
        *_recovery(overview, told),
    )


def _whole(overview: Overview, told: Sequence[Alert]) -> Iterator[Banner]:
    look = LOOKS[overview.situation]
    if look.title is None:
        return
    condition = BY_SITUATION[overview.situation]
    since = _began(condition, told) or overview.since
    url, action = link_to_mend(condition)
    yield Banner(look.kind, look.icon, look.title, _lines(overview, since, look.text), url, action)


def _lines(overview: Overview, since: datetime | None, text: object) -> list[object]:
    """What it means, since when, how many wait and why: only what is known."""
    parts = (since_line(since) if since else "", waiting_line(overview))
    numbers = Markup(" ").join(part for part in parts if part)
    lines = (text or "", numbers, cause_line(overview), words_line(overview))
    return [line for line in lines if line]


def _began(condition: Condition, told: Sequence[Alert]) -> datetime | None:
    return next((one.since for one in told if one.is_open and one.condition is condition), None)


def _says_more(alert: Alert, overview: Overview) -> bool:
    """Whether an open alert is news beside the banner for the whole."""
    if not alert.is_open:
        return False
    if alert.condition is Condition.NO_WORKER:
        # Once a server is mended mail would still not leave.
        return overview.situation is Situation.NO_SERVER_WORKS
    if alert.condition is Condition.CREDENTIALS_REFUSED:
        return overview.failing is not None and alert.role is not overview.failing
    return alert.condition is Condition.OLDEST_TOO_OLD and not overview.is_disturbed


def _single(alert: Alert) -> Banner:
    if alert.condition is Condition.NO_WORKER:
        look = LOOKS[Situation.NO_WORKER]
        return Banner(look.kind, look.icon, look.title, [look.text or "", since_line(alert.since)])
    url, action = link_to_mend(alert.condition)
    lines = [since_line(alert.since), *cause_of(alert)]
    return Banner("warn", "alert", title(alert), lines, url, action)


def _recovery(overview: Overview, told: Sequence[Alert]) -> Iterator[Banner]:
    if LOOKS[overview.situation].title is not None:
        return
    ends = [(one.closed_at, one.id) for one in told if one.closed_at and one.condition in _FAILURES]
    at, number = max(ends, default=(None, 0))
    if at and clock.now() - at < _QUIET_FOR:
        yield Banner("ok", "check", "", [since_line(at, again=True)], name=f"alert-{number}")
