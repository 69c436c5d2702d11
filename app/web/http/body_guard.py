"""Looks at the body of a form before anybody reads it: it must be text, and not endless.

The framework would keep broken bytes as `%ED%A0%80`, which then looks like something typed.
"""

from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Flask, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

_URL_ENCODED: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 200


def init_app(app: Flask) -> None:
    """Look first, even before the form token is looked for."""
    app.before_request_funcs.setdefault(None, []).insert(0, _look)


def _look() -> None:
    """Refuse a form with too many fields or with bytes that are no Unicode text."""
    if request.mimetype != _URL_ENCODED:
        return
    body = request.get_data()
    if body.count(b"&") >= _MOST_FIELDS:
        raise RequestEntityTooLarge
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError as problem:
        raise BadRequest from problem
