"""How mail stands, read once for a whole page; and what a page noticed that no alert says yet."""

import logging
from datetime import datetime, timedelta
from typing import Final

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import InterfaceError, OperationalError

from app.core import clock
from app.extensions import db
from app.mail import alert_records, alerts, queries
from app.mail.alert_records import Alert
from app.mail.glance import Glance, look
from app.mail.queries import Overview

logger = logging.getLogger("peyk.web")

LOOKED_BACK = timedelta(days=7)
_DISTURBED: Final = "peyk.mail_disturbed"
_REMEMBERED_FOR: Final = timedelta(seconds=5)
# Asked for by monitors, so that a missing worker is noticed when nobody looks at the panel.
_MONITORED = "health.ready"


def init_app(app: Flask) -> None:
    """Compare what each page of the panel shows with the alerts, once it is made."""
    app.after_request(_compare)


def overview() -> Overview:
    """How mail stands at the time of this request."""
    if "mail_overview" not in g:
        g.mail_overview = queries.overview()
    found: Overview = g.mail_overview
    return found


def is_disturbed() -> bool:
    """Whether nobody gets mail, for a page that many visitors open: asked every few seconds."""
    kept: tuple[datetime, bool] | None = current_app.extensions.get(_DISTURBED)
    now = clock.now()
    if kept is None or not timedelta(0) <= now - kept[0] < _REMEMBERED_FOR:
        kept = current_app.extensions[_DISTURBED] = (now, queries.is_disturbed())
    return kept[1]


def forget() -> None:
    """Ask the database again the next time."""
    current_app.extensions.pop(_DISTURBED, None)


def glance() -> Glance:
    """The settings, both servers and the worker as the overview saw them."""
    found = overview()
    return found.seen or look()


def recent_alerts() -> list[Alert]:
    """The open alerts and those of the last week, the newest first."""
    if "mail_alerts" not in g:
        g.mail_alerts = alert_records.recent(LOOKED_BACK)
    found: list[Alert] = g.mail_alerts
    return found


def _compare(response: Response) -> Response:
    """Workers tell everything but their own absence, which is noticed here."""
    if "mail_overview" in g or request.endpoint == _MONITORED:
        try:
            alerts.notice(overview(), recent_alerts())
        except (OperationalError, InterfaceError) as error:
            db.session.rollback()
            fields = {"error": type(error).__name__}
            logger.warning("alerts not reviewed", extra={"fields": fields})
    return response
