"""The first page of the panel."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.web.access import admin_only
from app.web.dashboard.page import read_page

bp = Blueprint("dashboard", __name__, url_prefix="/system")


@bp.get("/")
@admin_only
def overview() -> ResponseReturnValue:
    """Show the state of the system at a glance."""
    return render_template("dashboard/overview.html", page=read_page())
