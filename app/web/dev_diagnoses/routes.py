"""Play every diagnosis; the blueprint is registered in development mode only."""

from dataclasses import replace

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app.i18n.text import _
from app.mail.connection_test import invented, simulation
from app.mail.diagnosis.remedies import FAMILIES, REMEDIES
from app.mail.models import Role
from app.web.smtp import page
from app.web.smtp.connection_report import Report
from app.web.smtp.connection_shown import Result
from app.web.smtp.form import SmtpForm
from app.web.smtp.page import TestShown
from app.web.visitors.access import admin_only
from app.web.words import remedy_families
from app.web.words.remedy_words import fill_markup, holes

bp = Blueprint("dev_diagnoses", __name__, url_prefix="/dev/diagnoses")


@bp.get("")
@admin_only
def index() -> ResponseReturnValue:
    """List the codes with their meaning, in the order of the way."""
    families = [
        (remedy_families.TITLES[name], [(code, _meaning(code)) for code in family])
        for name, family in FAMILIES.items()
    ]
    return render_template("dev_diagnoses/index.html", families=families, count=len(REMEDIES))


@bp.get("/<code>")
@admin_only
def show(code: str) -> ResponseReturnValue:
    """Show the settings page as it looks after a test that ended with this code."""
    if code not in REMEDIES:
        abort(404)
    played = simulation.play(code)
    report = Report(played, plain=False)
    steps = [report.step(one) for one in played.reports]
    settings = invented.settings(code)
    return page.render(
        SmtpForm.showing(settings, invented.RECIPIENT),
        settings,
        test=TestShown(Role.PRIMARY, steps, _result(report, code)),
        template="dev_diagnoses/show.html",
        played=code,
        neighbours=_neighbours(code),
    )


def _result(report: Report, code: str) -> Result:
    """Return the result; what was typed wrongly stops a test before it begins."""
    result = report.result()
    if not code.startswith("in.") or result.passed:
        return result
    return replace(result, message=_("The test did not start. Correct the marked fields first."))


def _meaning(code: str) -> str:
    found = invented.diagnosis(code)
    server = invented.settings(code).primary
    known = holes(server, invented.SENDER, recipient=invented.RECIPIENT, **found.details)
    return fill_markup(found.remedy.meaning, **known)


def _neighbours(code: str) -> tuple[str, str]:
    codes = list(REMEDIES)
    place = codes.index(code)
    return codes[place - 1], codes[(place + 1) % len(codes)]
