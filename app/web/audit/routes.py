"""The audit: the list, and the list as a file. Nothing here changes an entry."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.core import audit_trail
from app.web.audit import asked, shown
from app.web.http.csv_export import csv_response
from app.web.http.takes import takes
from app.web.visitors.access import admin_only, confirmed, current_actor

bp = Blueprint("audit", __name__, url_prefix="/system/audit")


@bp.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Show what was written down, the newest first."""
    question = asked.read(request.args)
    html = render_template("audit/index.html", view=shown.view(question))
    return html, 422 if question.errors else 200


@bp.post("/export")
@admin_only
@confirmed
@takes(*asked.FIELDS)
def export() -> ResponseReturnValue:
    """Give what matches as a file for spreadsheets."""
    question = asked.read(request.form)
    if question.errors:
        abort(400)
    audit_trail.note_export(question.kept, current_actor())
    return csv_response("audit", shown.HEADS, shown.rows(question))
