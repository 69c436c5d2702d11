"""What somebody typed whose session ended meanwhile: kept until they are in again, then given back.

Never a password: those are typed anew. A form that was given back does nothing by itself, it
stands there once more, to be looked over and sent.
"""

import re
from typing import Final

from flask import g, request, session, url_for
from werkzeug.datastructures import ImmutableMultiDict

from app.accounts import kept_forms, sessions
from app.core.errors import Refused
from app.web.http import cookies

HANDLE: Final = "given_back"
_DROPPED: Final = re.compile("csrf_token|password|secret|present|code")


def keep() -> str | None:
    """Keep the form of this request; return where it is found again.

    Nothing is kept for strangers: only whoever still holds the secret of a session that time has
    ended can have typed something here.
    """
    session_id = sessions.outlived(str(session.get(cookies.SIGNED_IN_AS, "")))
    if session_id is None:
        return None
    typed = request.form.items(multi=True)
    pairs = [(name, value) for name, value in typed if not _DROPPED.search(name)]
    handle = kept_forms.keep(session_id, request.path, pairs, kept_forms.FOR_SIGNING_IN)
    return url_for("sessions.kept_form", handle=handle, place=request.path)


def give_back(user_id: int) -> None:
    """Let the request be the one that was kept, when its sender asks for that.

    Raises `Refused` when it is kept no more.
    """
    if HANDLE not in request.form:
        return
    pairs = kept_forms.take_back(user_id, request.path, request.form[HANDLE])
    if pairs is None:
        raise Refused("the form is kept no more")
    request.form = ImmutableMultiDict(pairs)
    g.form_given_back = True


def was_given_back() -> bool:
    """Tell whether the form of this request is one that its sender has not sent again yet."""
    return bool(g.get("form_given_back"))
