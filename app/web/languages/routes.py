"""The list of languages, and the gaps of one."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.i18n.locales import LOCALES
from app.web.languages import shown
from app.web.visitors.access import admin_only

bp = Blueprint("languages", __name__, url_prefix="/system/languages")


@bp.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Show how far each language is."""
    return render_template("languages/index.html", languages=shown.languages())


@bp.get("/<code>")
@admin_only
def show(code: str) -> ResponseReturnValue:
    """Show what one language lacks."""
    if code not in LOCALES:
        abort(404)
    gaps = shown.gaps(LOCALES[code], request.args.get("area", ""))
    return render_template("languages/show.html", view=gaps, areas=shown.AREAS)
