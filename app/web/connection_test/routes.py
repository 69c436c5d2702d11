"""Test one server with what is in the form: as a page, or line by line as the steps end."""

from datetime import timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.i18n import formats, locales
from app.i18n.text import _
from app.mail.connection_test import connection_tests, trial
from app.mail.connection_test.connection_tests import Prepared
from app.mail.diagnosis.fixes import Fix
from app.mail.models import Role
from app.mail.server_settings import MailSettings
from app.mail.servers import entries, servers
from app.web.http import ndjson
from app.web.smtp import connection_lines, fixing, page, rules
from app.web.smtp.connection_report import Report
from app.web.smtp.connection_shown import FixShown
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
    tell = _stream if ndjson.is_wanted() else _page
    return tell(form, Role(role), prepared)


@bp.post("/system/smtp/<any(primary, secondary):role>/ports")
@admin_only
@confirmed
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
        return ndjson.one_line(connection_lines.of_ports(shown), 200)
    return page.render(form, settings, ports=shown)


def _form(settings: MailSettings, role: Role) -> SmtpForm:
    posted = fixing.posted(role)
    form = SmtpForm.showing(settings, current_user.email, posted)
    if not form.recipient.data and not form.recipient.errors:
        form.recipient.data = current_user.email
    return form


def _stream(_form: SmtpForm, role: Role, prepared: Prepared) -> ResponseReturnValue:
    return ndjson.stream(connection_lines.of_test(prepared.probe, role, prepared.watch()))


def _page(form: SmtpForm, role: Role, prepared: Prepared) -> ResponseReturnValue:
    report = Report(prepared.probe, plain=False)
    steps = [report.step(one) for one in prepared.run()]
    shown = TestShown(role, steps, report.result())
    said = _("Nothing was changed: look at the certificate and tick the box under it first.")
    wait = said if fixing.lacks_confirmation() else ""
    return page.render(form, servers.current(), test=shown, wait=wait)


def _refused(form: SmtpForm, settings: MailSettings, role: Role) -> ResponseReturnValue:
    if not ndjson.is_wanted():
        return page.render(form, settings), 422
    message = _("The test did not start. Correct the marked fields first.")
    found = entries.diagnoses(fixing.of_server(fixing.posted(role), role))
    fixes = [_shown(fix, role) for fix in (found[0].fixes if found else ())]
    line = connection_lines.of_refusal(message, rules.faults(form), fixes, role)
    return ndjson.one_line(line | {"code": found[0].code if found else "in.form"}, 422)


def _shown(fix: Fix, role: Role) -> FixShown:
    changes = {f"{role}-{name}": value for name, value in fix.changes.items()}
    return FixShown(str(fix), fix_label(fix, fill_plain), changes)


def _too_often(form: SmtpForm, settings: MailSettings, wait: timedelta) -> ResponseReturnValue:
    words = _(
        "A test is running, or there were several just now. Try again in %(wait)s.",
        wait=formats.duration(max(wait, timedelta(seconds=1))),
    )
    if not ndjson.is_wanted():
        return page.render(form, settings, wait=words), 429
    return ndjson.one_line({"code": "in.too_often", "message": words}, 429)
