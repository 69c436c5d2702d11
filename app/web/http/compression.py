"""Pages go out compressed to browsers that understand it, unless a stranger's page asked for them.

Whoever can make a browser open our pages and can see how long the answers are could guess what
stands in them (BREACH): see docs/decisions/0020-compressed-pages.md.
"""

import secrets
import zlib
from typing import Final

from flask import Flask, Response, current_app, request

_LEAST_BYTES: Final = 1000
_LEVEL: Final = 6
_GZIP: Final = zlib.MAX_WBITS | 16
_STRANGERS: Final = frozenset({"cross-site", "same-site"})
# A name in the head of the file, which readers skip; its length hides that of the page.
_HEAD: Final = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"
_BARE_HEAD_LENGTH: Final = 10
_MOST_PADDING: Final = 64


def init_app(app: Flask) -> None:
    """Compress every page on its way out."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    """Swap the page for its compressed twin."""
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    page = response.get_data()
    if len(page) >= _LEAST_BYTES and request.accept_encodings["gzip"] > 0 and not _is_foreign():
        response.set_data(_packed(page))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _is_foreign() -> bool:
    """Whether another site made the browser ask, for somebody who has a session here."""
    asked_by = request.headers.get("Sec-Fetch-Site")
    return asked_by in _STRANGERS and current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def _packed(page: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    packed = packer.compress(page) + packer.flush()
    padding = b"x" * secrets.randbelow(_MOST_PADDING) + b"\0"
    return _HEAD + padding + packed[_BARE_HEAD_LENGTH:]
