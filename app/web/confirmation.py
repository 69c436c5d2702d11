"""The password once more before a dangerous deed: as a step of the same form, which is kept.

What was typed waits sealed on the server. The page that asks goes back to the same address with a
handle and the password; then the form is put in place again and the deed goes on as if nothing had
been asked.
"""

import json
from datetime import timedelta
from typing import Any, Final

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict

from app.accounts import confirmation
from app.accounts.confirmation import WrongPassword
from app.core.audit import Actor
from app.core.errors import Refused, TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web import cookies

HANDLE: Final = "kept_form"
PASSWORD: Final = "kept_password"  # the name of a field
_TOKEN: Final = "csrf_token"  # as above
_NDJSON: Final = "application/x-ndjson"


def ask(actor: Actor) -> ResponseReturnValue | None:
    """The page that asks, or None when the deed may go on, with the form that was kept for it."""
    if HANDLE in request.form:
        return prove(actor) or _put_back(request.form[HANDLE])
    if current_user.is_confirmed:
        return None
    if request.accept_mimetypes.best_match(["text/html", _NDJSON]) == _NDJSON:
        return _for_a_script()
    if request.method == "GET":
        return _page("", url_for("profile.confirm", next=request.full_path.rstrip("?")), 403)
    pairs = [(k, v) for k, v in request.form.items(multi=True) if k != _TOKEN]
    handle = confirmation.keep(current_user.session_id, request.full_path, pairs)
    return _page(handle, request.full_path, 403)


def prove(actor: Actor) -> ResponseReturnValue | None:
    """The page once more, or None when the password that came with it was right."""
    handle = request.form.get(HANDLE, "")
    try:
        if not current_user.is_confirmed:
            mine = (current_user.id, current_user.session_id)
            password = request.form.get(PASSWORD, "")
            cookies.sign_in_as(confirmation.confirm(*mine, password, actor))
    except WrongPassword:
        return _page(handle, request.full_path, 422, is_wrong=True)
    except TooOften as limit:
        wait = duration(timedelta(seconds=limit.seconds))
        page = _page(handle, request.full_path, 429, wait=wait)
        return *page, {"Retry-After": str(limit.seconds)}
    return None


def _put_back(handle: str) -> ResponseReturnValue | None:
    """Let the request be the one that was kept; when it is kept no more, say so."""
    pairs = confirmation.take(current_user.session_id, request.full_path, handle)
    if pairs is not None:
        request.form = ImmutableMultiDict(pairs)
        return None
    raise Refused("the form is kept no more")


def _page(handle: str, action: str, status: int, **shown: Any) -> tuple[str, int]:
    html = render_template(
        "confirmation/ask.html", handle=handle, action=action.rstrip("?"), **shown
    )
    return html, status


def _for_a_script() -> Response:
    """Tell a script that the browser has to send the form itself, so that it can be asked."""
    said = _("Type your password once more; then the test goes on.")
    line = {"stage": "result", "state": "failed", "code": "in.confirm", "message": str(said)}
    body = json.dumps({"duration_ms": 0, "reply": "", **line}, ensure_ascii=False) + "\n"
    return Response(body, 403, mimetype=_NDJSON)
