"""How mail stands, read once for a whole page; and what a page noticed that no alert says yet."""

import logging
from datetime import datetime, timedelta
from typing import Final, cast

from flask import Flask, Response, request
from sqlalchemy.exc import InterfaceError, OperationalError

from app.core import clock
from app.extensions import db
from app.here import application, kept_here
from app.mail.alerts import alerts, records
from app.mail.alerts.records import Alert
from app.mail.status import queries
from app.mail.status.glance import Glance, look
from app.mail.status.queries import Overview

logger = logging.getLogger("peyk.web")

LOOKED_BACK = timedelta(days=7)
_OVERVIEW: Final = "mail_overview"
_ALERTS: Final = "mail_alerts"
_DISTURBED: Final = "peyk.mail_disturbed"
_REMEMBERED_FOR: Final = timedelta(seconds=5)
# Asked for by monitors, so that a missing worker is noticed when nobody looks at the panel.
_MONITORED = "health.ready"


def init_app(app: Flask) -> None:
    """Compare what each page of the panel shows with the alerts, once it is made."""
    app.after_request(_compare)


def overview() -> Overview:
    """How mail stands at the time of this request."""
    here = kept_here()
    if _OVERVIEW not in here:
        here[_OVERVIEW] = queries.overview()
    return cast(Overview, here[_OVERVIEW])


def is_disturbed() -> bool:
    """Whether nobody gets mail, for a page that many visitors open: asked every few seconds."""
    kept: tuple[datetime, bool] | None = application().extensions.get(_DISTURBED)
    now = clock.now()
    if kept is None or not timedelta(0) <= now - kept[0] < _REMEMBERED_FOR:
        kept = application().extensions[_DISTURBED] = (now, queries.is_disturbed())
    return kept[1]


def forget() -> None:
    """Ask the database again the next time."""
    application().extensions.pop(_DISTURBED, None)


def glance() -> Glance:
    """The settings, both servers and the worker as the overview saw them."""
    found = overview()
    return found.seen or look()


def recent_alerts() -> list[Alert]:
    """The open alerts and those of the last week, the newest first."""
    here = kept_here()
    if _ALERTS not in here:
        here[_ALERTS] = records.recent(LOOKED_BACK)
    return cast(list[Alert], here[_ALERTS])


def _compare(response: Response) -> Response:
    """Workers tell everything but their own absence, which is noticed here."""
    if _OVERVIEW in kept_here() or request.endpoint == _MONITORED:
        try:
            alerts.notice(overview(), recent_alerts())
        except (OperationalError, InterfaceError) as error:
            db.session.rollback()
            fields = {"error": type(error).__name__}
            logger.warning("alerts not reviewed", extra={"fields": fields})
    return response
