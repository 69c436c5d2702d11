"""Development only: `?i18n=ids` shows behind each sentence its line in the catalog, until `off`.

Below the page stands the list of all its sentences with the file and the line of each.
"""

from typing import Final

from flask import Flask, Response, render_template, request

from app.config import ROOT
from app.i18n import locales, sentences
from app.web.visitors import choices

_ASKED: Final = "i18n"
_ON: Final = "ids"
_END: Final = b"</body>"


def init_app(app: Flask) -> None:
    """Look at each request and each page; not in production, where nobody needs it."""
    if app.extensions["peyk.config"].mode == "development":
        app.before_request(_begin)
        app.after_request(_finish)


def _begin() -> None:
    if _is_wanted() and request.endpoint != "static":
        sentences.number_sentences()


def _finish(response: Response) -> Response:
    if request.args.get(_ASKED) and request.method == "GET":
        choices.remember(response, _ASKED, _ON if _is_wanted() else "off")
    shown = sentences.numbered()
    if shown and response.mimetype == "text/html" and not response.direct_passthrough:
        path = sentences.catalog_path(locales.current()).relative_to(ROOT).as_posix()
        rows = [(line, *key) for line, key in sorted(shown.items())]
        listed = render_template("dev_translations/_sentences.html", rows=rows, path=path)
        response.set_data(response.get_data().replace(_END, listed.encode() + _END))
    return response


def _is_wanted() -> bool:
    asked = request.args.get(_ASKED) if request.method == "GET" else None
    return (asked or choices.chosen_of(_ASKED, (_ON, "off"))) == _ON
