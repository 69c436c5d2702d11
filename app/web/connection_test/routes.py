"""Test one server with what is in the form: as a page, or line by line as the steps end."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.i18n import formats, locales
from app.i18n.text import _
from app.mail.connection_test import connection_tests, trial
from app.mail.connection_test.connection_tests import Prepared
from app.mail.models import Role
from app.mail.server_settings import MailSettings
from app.mail.servers import entries, servers
from app.web.http import ndjson
from app.web.smtp import fixing, page, rules
from app.web.smtp.connection_report import Report, lines
from app.web.smtp.connection_shown import FixShown, vars_of
from app.web.smtp.form import SmtpForm
from app.web.smtp.page import PortsShown, TestShown
from app.web.smtp.sections import ascii_address
from app.web.visitors.access import admin_only, confirmed, current_user
from app.web.words.remedy_words import fill_plain, fix_label, port_rows

bp = Blueprint("connection_test", __name__)


@bp.post("/system/smtp/<any(primary, secondary):role>/tests")
@admin_only
@confirmed
def create(role: str) -> ResponseReturnValue:
    """Run the test; nothing that is stored changes but the memory of its result."""
    settings = servers.current()
    form = _form(settings, Role(role))
    if not rules.may_be_tested(form, settings, Role(role)):
        return _refused(form, settings, Role(role))
    wait = trial.TURNS.take(turn := f"admin:{current_user.id}")
    if wait is not None:
        return _too_often(form, settings, wait)
    prepared = connection_tests.prepare(
        Role(role),
        form.change(),
        recipient=ascii_address(form.recipient),
        locale=locales.current().code,
        turn=turn,
    )
    return _stream(prepared) if ndjson.is_wanted() else _page(form, Role(role), prepared)


@bp.post("/system/smtp/<any(primary, secondary):role>/ports")
@admin_only
def ports(role: str) -> ResponseReturnValue:
    """Look at the usual ports of the server in the form; no password is sent."""
    settings = servers.current()
    form = _form(settings, Role(role))
    if not rules.may_be_looked_at(form, Role(role)):
        return _refused(form, settings, Role(role))
    wait = trial.TURNS.take(turn := f"admin:{current_user.id}")
    if wait is not None:
        return _too_often(form, settings, wait)
    look = connection_tests.look_at_ports(Role(role), form.change(), turn)
    shown = PortsShown(Role(role), look.server.host, port_rows(look.ports))
    if ndjson.is_wanted():
        rows = [vars_of(row) for row in shown.rows]
        return ndjson.one_line(
            {"stage": "ports", "ports": rows, "message": str(shown.message)}, 200
        )
    return page.render(form, settings, ports=shown)


def _form(settings: MailSettings, role: Role) -> SmtpForm:
    posted = fixing.posted(role)
    form = SmtpForm.showing(settings, current_user.email, posted)
    if not form.recipient.data and not form.recipient.errors:
        form.recipient.data = current_user.email
    return form


def _stream(prepared: Prepared) -> Response:
    return ndjson.stream(lines(Report(prepared.probe, plain=True), prepared.watch()))


def _page(form: SmtpForm, role: Role, prepared: Prepared) -> str:
    report = Report(prepared.probe, plain=False)
    steps = [report.step(one) for one in prepared.run()]
    shown = TestShown(role, steps, report.result())
    said = _("Nothing was changed: look at the certificate and tick the box under it first.")
    wait = said if fixing.lacks_confirmation() else ""
    return page.render(form, servers.current(), test=shown, wait=wait)


def _refused(form: SmtpForm, settings: MailSettings, role: Role) -> ResponseReturnValue:
    if not ndjson.is_wanted():
        return page.render(form, settings), 422
    errors = {field.name: str(error) for field, error in rules.faults(form)}
    message = _("The test did not start. Correct the marked fields first.")
    found = entries.diagnoses(fixing.of_server(fixing.posted(role), role))
    shown = [
        vars_of(FixShown(str(fix), fix_label(fix, fill_plain), _named(fix.changes, role)))
        for fix in (found[0].fixes if found else ())
    ]
    code = found[0].code if found else "in.form"
    return ndjson.one_line(
        {"code": code, "message": message, "errors": errors, "fixes": shown}, 422
    )


def _named(changes: Any, role: Role) -> dict[str, str]:
    return {f"{role}-{name}": value for name, value in changes.items()}


def _too_often(form: SmtpForm, settings: MailSettings, wait: timedelta) -> ResponseReturnValue:
    words = _(
        "A test is running, or there were several just now. Try again in %(wait)s.",
        wait=formats.duration(max(wait, timedelta(seconds=1))),
    )
    if not ndjson.is_wanted():
        return page.render(form, settings, wait=words), 429
    return ndjson.one_line({"code": "in.too_often", "message": words}, 429)
