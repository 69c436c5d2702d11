"""Look at the sender's domain as receivers do: as a page, or line by line as DNS answers."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.i18n import formats
from app.i18n.text import _
from app.mail import deliverability
from app.mail.servers import servers
from app.web.deliverability import shown
from app.web.deliverability.shown import Seen
from app.web.http import ndjson
from app.web.visitors.access import admin_only, current_user

bp = Blueprint("deliverability", __name__)


@bp.get("/system/smtp/deliverability")
@admin_only
def show() -> ResponseReturnValue:
    """Say what will be looked at, and offer to look."""
    return _page()


@bp.post("/system/smtp/deliverability")
@admin_only
def create() -> ResponseReturnValue:
    """Look; only DNS is asked, for ten seconds at most, and nothing is stored."""
    wait = deliverability.TURNS.take(turn := f"admin:{current_user.id}")
    if wait is not None:
        return _too_often(wait)
    checkup = deliverability.prepare(servers.current(), turn)
    if ndjson.is_wanted():
        return ndjson.stream(shown.lines(checkup))
    for _section in checkup.run():
        continue
    return _page(seen=shown.seen(checkup))


def _page(*, seen: Seen | None = None, wait: str = "") -> str:
    senders = deliverability.senders(servers.current())
    return render_template("deliverability/show.html", senders=senders, seen=seen, wait=wait)


def _too_often(wait: timedelta) -> ResponseReturnValue:
    said = _(
        "A check is running, or there were several just now. Try again in %(wait)s.",
        wait=formats.duration(max(wait, timedelta(seconds=1))),
    )
    if not ndjson.is_wanted():
        return _page(wait=said), 429
    return ndjson.one_line({"code": "in.too_often", "message": said}, 429)
