"""The page of all parts; the blueprint is registered in development mode only."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.i18n import locales
from app.web import errors
from app.web.dev_parts import samples
from app.web.visitors import choices
from app.web.visitors.access import public

bp = Blueprint("dev_parts", __name__, url_prefix="/dev/parts")


@bp.get("")
@public
def index() -> ResponseReturnValue:
    """Show every part in every state, in the language and the theme that the address asks for."""
    return render_template(
        "dev_parts/index.html",
        errors=errors.WORDS,
        languages=locales.LOCALES.values(),
        themes=choices.THEMES[1:],
        **samples.context(),
    )
