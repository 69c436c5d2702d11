"""The two switches of the top bar."""

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import profile
from app.i18n import locales
from app.web.http.takes import takes
from app.web.visitors import choices
from app.web.visitors.access import current_actor, current_user, public, safe_next

bp = Blueprint("preferences", __name__)


@bp.post("/language")
@public
@takes("locale", "next")
def language() -> ResponseReturnValue:
    """Remember the language, also with the account, and go back to the page one was on."""
    code = request.form.get("locale", "")
    if code not in locales.offered():
        abort(400)
    if current_user.is_authenticated and code in locales.LOCALES:
        profile.choose_language(current_user.id, code, current_actor())
    response = redirect(safe_next(request.form.get("next")) or "/", 303)
    choices.remember(response, choices.LOCALE, code)
    return response


@bp.post("/theme")
@public
@takes("theme", "next")
def theme() -> ResponseReturnValue:
    """Remember light, dark or the device's own and go back to the page one was on."""
    name = request.form.get("theme", "")
    if name not in choices.THEMES:
        abort(400)
    response = redirect(safe_next(request.form.get("next")) or "/", 303)
    choices.remember(response, choices.THEME, name)
    return response
