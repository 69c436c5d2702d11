"""The password once more before a dangerous deed: as a step of the same form, which is kept.

What was typed waits sealed on the server. The page that asks goes back to the same address with a
handle and the password; then the form is put in place again and the deed goes on as if nothing had
been asked.
"""

import json
from datetime import timedelta
from typing import Any, Final

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict

from app.accounts import confirmation, kept_forms
from app.accounts.confirmation import WrongPassword
from app.accounts.users import WeakPassword
from app.core.audit import Actor
from app.core.errors import Refused, TooOften
from app.i18n.formats import duration, number
from app.i18n.text import _
from app.web.http import cookies

HANDLE: Final = "kept_form"
PASSWORD: Final = "kept_password"  # the name of a field
_TOKEN: Final = "csrf_token"  # as above
_NDJSON: Final = "application/x-ndjson"


def ask(actor: Actor) -> ResponseReturnValue | None:
    """The page that asks, or None when the deed may go on, with the form that was kept for it."""
    if HANDLE in request.form:
        return _carry_on(actor)
    if current_user.is_confirmed:
        return None
    if request.accept_mimetypes.best_match(["text/html", _NDJSON]) == _NDJSON:
        return _for_a_script()
    pairs = [(k, v) for k, v in request.form.items(multi=True) if k != _TOKEN]
    handle = kept_forms.keep(current_user.session_id, request.full_path, pairs)
    return _page(handle, 403)


def _carry_on(actor: Actor) -> ResponseReturnValue | None:
    """Let the request be the one that was kept, when the password that came with it is right."""
    handle = request.form[HANDLE]
    try:
        _confirm(actor)
    except WrongPassword:
        return _page(handle, 422, is_wrong=True)
    except WeakPassword as refusal:
        return _to_longer_password(refusal.at_least)
    except TooOften as limit:
        wait = duration(timedelta(seconds=limit.seconds))
        return *_page(handle, 429, wait=wait), {"Retry-After": str(limit.seconds)}
    pairs = kept_forms.take(current_user.session_id, request.full_path, handle)
    if pairs is None:
        raise Refused("the form is kept no more")
    request.form = ImmutableMultiDict(pairs)
    return None


def _to_longer_password(at_least: int) -> ResponseReturnValue:
    """Lead an administrator whose password is too short for the panel to the choice of another."""
    words = _(
        "Your password is right. Because you manage the system now, it has to have at least "
        "%(min)s characters: change it here, then go on with what you were about to do.",
        min=number(at_least),
    )
    flash(words, "info")
    return redirect(url_for("profile.edit_password"), 303)


def _confirm(actor: Actor) -> None:
    """Check the password, unless it was typed meanwhile on another page."""
    if current_user.is_confirmed:
        return
    typed = request.form.get(PASSWORD, "")
    mine = (current_user.id, current_user.session_id)
    cookies.sign_in_as(confirmation.confirm(*mine, typed, actor))


def _page(handle: str, status: int, **shown: Any) -> tuple[str, int]:
    """Ask, and come back to the same address."""
    return render_template("confirmation/ask.html", handle=handle, **shown), status


def _for_a_script() -> Response:
    """Tell a script that the browser has to send the form itself, so that it can be asked."""
    said = _("Type your password once more; then the test goes on.")
    line = {"stage": "result", "state": "failed", "code": "in.confirm", "message": str(said)}
    body = json.dumps({"duration_ms": 0, "reply": "", **line}, ensure_ascii=False) + "\n"
    return Response(body, 403, mimetype=_NDJSON)
