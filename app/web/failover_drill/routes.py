"""Drill the failover with the stored settings: as a page, or line by line as things happen."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.i18n import formats, locales
from app.i18n.text import _
from app.mail.connection_test import drill, trial
from app.mail.servers import servers
from app.web.failover_drill import shown
from app.web.failover_drill.forms import DrillForm
from app.web.failover_drill.shown import Outcome, Telling
from app.web.http import ndjson
from app.web.smtp.connection_shown import Step
from app.web.smtp.sections import ascii_address
from app.web.visitors.access import admin_only, confirmed, current_user

bp = Blueprint("failover_drill", __name__)


@bp.get("/system/smtp/drill")
@admin_only
def show() -> ResponseReturnValue:
    """Say what a drill does, and offer one."""
    return _page(DrillForm(data={"recipient": current_user.email}))


@bp.post("/system/smtp/drill")
@admin_only
@confirmed
def create() -> ResponseReturnValue:
    """Run a drill; one message is sent, and nothing that is stored changes."""
    form, settings = DrillForm(), servers.current()
    if not form.validate() or drill.obstacle(settings):
        return _refused(form)
    wait = trial.TURNS.take(turn := f"admin:{current_user.id}")
    if wait is not None:
        return _too_often(form, wait)
    locale = locales.current().code
    recipient = ascii_address(form.recipient)
    one = drill.prepare(settings, recipient=recipient, locale=locale, turn=turn)
    telling = Telling(one, settings)
    if ndjson.is_wanted():
        return ndjson.stream(telling.lines())
    steps = [step for step in telling.steps() if step]
    return _page(form, steps=steps, outcome=telling.outcome())


def _page(
    form: DrillForm,
    *,
    steps: Sequence[Step] = (),
    outcome: Outcome | None = None,
    wait: str = "",
) -> str:
    settings = servers.current()
    return render_template(
        "failover_drill/show.html",
        form=form,
        settings=settings,
        obstacle=shown.obstacle(settings),
        warnings=shown.warnings(settings),
        steps=steps,
        outcome=outcome,
        wait=wait,
    )


def _refused(form: DrillForm) -> ResponseReturnValue:
    if not ndjson.is_wanted():
        return _page(form), 422
    said = " ".join(map(str, form.recipient.errors)) or str(shown.obstacle(servers.current()))
    return ndjson.one_line({"code": "in.form", "message": said, "fields": ["recipient"]}, 422)


def _too_often(form: DrillForm, wait: timedelta) -> ResponseReturnValue:
    said = _(
        "A test is running, or there were several just now. Try again in %(wait)s.",
        wait=formats.duration(max(wait, timedelta(seconds=1))),
    )
    if not ndjson.is_wanted():
        return _page(form, wait=said), 429
    return ndjson.one_line({"code": "in.too_often", "message": said}, 429)
