"""What administrators must know on every page of the panel: one banner for what is worst."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for
from markupsafe import Markup

from app.i18n.text import _
from app.mail import queries
from app.mail.queries import Overview
from app.web.access import current_user
from app.web.mail_situation import LOOKS, cause_line, waiting_line
from app.web.markup import fill
from app.web.navigation import has_page
from app.web.times import moment

_SETTINGS = "smtp_settings"


@dataclass(frozen=True, slots=True)
class Alert:
    """One banner: how bad, what, and where to go."""

    kind: str
    icon: str
    title: object
    lines: Sequence[object] = ()
    url: str = ""
    action: object = ""


def alerts() -> Sequence[Alert]:
    """The banners of this moment for the person who looks."""
    if not (current_user.is_authenticated and current_user.is_admin):
        return ()
    overview = queries.overview()
    look = LOOKS[overview.situation]
    if look.title is None:
        return ()
    return (
        Alert(
            kind=look.kind,
            icon=look.icon,
            title=look.title,
            lines=_lines(overview, look.text or ""),
            url=_settings_url(),
            action=_("SMTP settings"),
        ),
    )


def _lines(overview: Overview, text: object) -> list[object]:
    """What it means, since when, how many wait and why: only what is known."""
    when = fill(_("Since %(time)s."), time=moment(overview.since)) if overview.since else ""
    numbers = Markup(" ").join(part for part in (when, waiting_line(overview)) if part)
    return [line for line in (text, numbers, cause_line(overview)) if line]


def _settings_url() -> str:
    """The way to the mend, unless one is there already."""
    page = f"{_SETTINGS}.edit"
    return url_for(page) if has_page(page) and request.blueprint != _SETTINGS else ""
