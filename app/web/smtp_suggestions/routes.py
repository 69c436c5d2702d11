"""Find settings for the address in the form, and fill in what was chosen; nothing is stored."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.i18n import formats
from app.i18n.text import _
from app.mail.discovery import discovery
from app.mail.discovery.discovery import Discovery
from app.mail.models import Role
from app.mail.server_settings import MailSettings
from app.mail.servers import servers
from app.web.drawing.markup import plain
from app.web.http import ndjson
from app.web.smtp import page
from app.web.smtp.form import SmtpForm
from app.web.smtp.rules import faults
from app.web.smtp_suggestions import asking, panel
from app.web.smtp_suggestions.panel import Choice, Panel
from app.web.visitors.access import admin_only, confirmed, current_user

bp = Blueprint("smtp_suggestions", __name__)


@bp.post("/system/smtp/suggestions")
@admin_only
@confirmed
def create() -> ResponseReturnValue:
    """Look for the settings of the address: as a page, or line by line as servers answer."""
    settings = servers.current()
    form = SmtpForm.showing(settings, current_user.email)
    asked = asking.read(form)
    if asked.address is None:
        return _refused(form, settings, asked.role)
    wait = discovery.TURNS.take(turn := f"admin:{current_user.id}")
    if wait is not None:
        return _too_often(form, settings, asked.role, wait)
    search = discovery.prepare(asked.address, turn)
    return _stream(search, asked.role) if ndjson.is_wanted() else _page(form, search, asked.role)


@bp.post("/system/smtp/suggestions/choice")
@admin_only
def choose() -> ResponseReturnValue:
    """Fill the form with settings that were found, for who has no script."""
    settings = servers.current()
    form = SmtpForm.showing(settings, current_user.email)
    choice = Choice.parse(request.form.get("choice", ""))
    role = asking.role()
    if choice is None:
        words = _("These settings could not be read. Look for them once more.")
        return page.render(form, settings, found=Panel(role), wait=words), 422
    asking.fill_in(form, role, choice)
    return page.render(form, settings, found=Panel(role, filled=choice))


def _page(form: SmtpForm, search: Discovery, role: Role) -> str:
    for _judged in search.run():
        continue
    return page.render(form, servers.current(), found=panel.of(search, role))


def _stream(search: Discovery, role: Role) -> Response:
    return ndjson.stream(_lines(search, role))


def _lines(search: Discovery, role: Role) -> Iterator[dict[str, Any]]:
    usable, said = 0, ""
    for done, judged in enumerate(search.run(), start=1):
        line = panel.progress(judged, done, search.total)
        # Said only when there is news: twenty numbers in a row would be noise to listeners.
        if judged.is_usable or done == search.total:
            usable += judged.is_usable
            said = panel.progress_words(done, search.total, usable)
            line["said"] = said
        yield line
    found = panel.of(search, role)
    yield {
        "stage": "result",
        "state": "passed" if found.suggestions else "failed",
        "said": said,
        "suggestions": [panel.as_json(one) for one in found.suggestions],
        "requests": dict(found.requests),
        "html": render_template("smtp_settings/_suggestions.html", found=found),
    }


def _refused(form: SmtpForm, settings: MailSettings, role: Role) -> ResponseReturnValue:
    if not ndjson.is_wanted():
        return page.render(form, settings, found=Panel(role)), 422
    errors = {field.name: plain(error) for field, error in faults(form)}
    message = " ".join(dict.fromkeys(errors.values()))
    return ndjson.one_line(
        {"code": "in.form", "message": message, "errors": errors, "suggestions": []}, 422
    )


def _too_often(
    form: SmtpForm, settings: MailSettings, role: Role, wait: timedelta
) -> ResponseReturnValue:
    words = _(
        "A search is running, or there were several just now. Try again in %(wait)s.",
        wait=formats.duration(max(wait, timedelta(seconds=1))),
    )
    if not ndjson.is_wanted():
        return page.render(form, settings, found=Panel(role), wait=words), 429
    facts = {"code": "in.too_often", "message": words, "suggestions": []}
    return ndjson.one_line(facts, 429)
