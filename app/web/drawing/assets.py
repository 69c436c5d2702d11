"""Static files: addresses that change with the content, compressed once, kept for a year."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from app.web.drawing import urls

_COMPRESSIBLE = {".css", ".js", ".svg"}
_YEAR = 31_536_000
_NOBODYS = frozenset({"static", "health.live", "health.ready"})
_FONTS = ("vazirmatn-arabic-wght-normal.woff2", "vazirmatn-latin-wght-normal.woff2")
_LEAST_BYTES = 512
# Nobody asks whether a file has changed whose address would have changed with it.
_OF_CHANGING_FILES = ("ETag", "Last-Modified", "Content-Disposition")


def init_app(app: Flask) -> None:
    """Set what is said about static files on the way out."""
    app.after_request(_label)
    app.session_interface = _SessionsOfPages(app)


class _SessionsOfPages(SecureCookieSessionInterface):
    """Files belong to nobody: an answer that varies with the cookie would be fetched every time.

    What signs the cookie is made once, not with each look and with each answer.
    """

    def __init__(self, app: Flask) -> None:
        self._signing = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and checks the cookie."""
        return self._signing

    def save_session(self, app: Flask, session: SessionMixin, response: BaseResponse) -> None:
        """Write the cookie of pages only."""
        if request.endpoint not in _NOBODYS:
            super().save_session(app, session, response)  # type: ignore[arg-type]  # the stubs differ


def static_url(path: str) -> str:
    """The address of a static file; a change of the file changes the address."""

    def build() -> str:
        return url_for("static", filename=path, v=_digest(_file(path), _changed(path)))

    return urls.once(f"static {path}", build)


def has_fonts() -> bool:
    """Whether the font step put its files there; without them the device's own font serves."""
    return _fonts_in(str(current_app.static_folder))


@cache
def _fonts_in(folder: str) -> bool:
    """Look once for each application: pages must not depend on the disk."""
    return all((Path(folder) / "vendor" / name).is_file() for name in _FONTS)


def _file(path: str) -> Path:
    return Path(str(current_app.static_folder)) / path


def _changed(path: str) -> int:
    """When the file was changed: looked up each time in development, never in production."""
    return _file(path).stat().st_mtime_ns if current_app.debug else 0


@cache
def _digest(file: Path, _changed_at: int) -> str:
    """Twelve letters that stand for the content; empty for a file that is not there."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""


@cache
def _compressed(file: Path, _changed_at: int) -> bytes:
    """The content, compressed as well as it goes: this happens once."""
    return gzip.compress(file.read_bytes(), 9, mtime=0)


def _label(response: Response) -> Response:
    """Let browsers keep what cannot change under its address, and send text compressed."""
    if request.endpoint != "static" or response.status_code != 200:
        return response
    path = str((request.view_args or {}).get("filename", ""))
    file, changed = _file(path), _changed(path)
    if request.args.get("v") == _digest(file, changed):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
        for name in _OF_CHANGING_FILES:
            response.headers.pop(name, None)
    else:
        response.headers["Cache-Control"] = "no-cache"
    if file.suffix in _COMPRESSIBLE and file.stat().st_size >= _LEAST_BYTES:
        _send_compressed(response, file, changed)
    return response


def _send_compressed(response: Response, file: Path, changed: int) -> None:
    """Swap the body for its compressed twin when the browser understands it."""
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0 or request.range:
        return
    response.close()  # the file behind it
    response.direct_passthrough = False
    response.set_data(_compressed(file, changed))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)
