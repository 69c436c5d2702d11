"""What is said to browsers about every answer: nothing from elsewhere, nothing kept, no frames."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from app.config import current_config

POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_HSTS: Final = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Label every answer, also those that say that something went wrong."""
    app.after_request(_label)


def policy(**changes: str) -> str:
    """The content policy with some directives of its own (`frame_src="'self'"`)."""
    directives = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


_ALWAYS: Final = {
    "Content-Security-Policy": policy(),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: over HTTPS the check against forged forms reads it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), payment=(), usb=()"
    ),
}


# A file is no page: it frames nothing, sends nobody anywhere and asks for no camera.
_OF_FILES: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _label(response: Response) -> Response:
    """Set what the view did not decide itself."""
    is_file = request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST
    decided = {name.lower() for name, _value in response.headers}
    for name, value in (_OF_FILES if is_file else _ALWAYS).items():
        if name.lower() not in decided:
            response.headers.add(name, value)
    if current_config().is_https:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    if not is_file:
        response.headers["Cache-Control"] = "no-store"
    return response
