"""A mailbox for developers; the blueprint is registered in development mode only."""

from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from app.config import current_config
from app.i18n import locales
from app.i18n.locales import Locale
from app.mail.kinds import Written
from app.web.dev_mail import samples
from app.web.dev_mail.messages import CaughtMail, find, newest
from app.web.http.headers import policy
from app.web.visitors.access import public

bp = Blueprint("dev_mail", __name__, url_prefix="/dev/mail")

# Its own small world: the styles of a mail stand in the mail; nothing is loaded, nothing runs.
_BODY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Links of the mail open beside the panel: the frame itself may not go anywhere.
_BASE = '<base target="_blank">'


@bp.get("")
@public
def index() -> ResponseReturnValue:
    """The mailbox, newest first."""
    return render_template("dev_mail/index.html", mails=list(newest(_folder())))


@bp.get("/previews")
@public
def previews() -> ResponseReturnValue:
    """Every kind of mail in every language, about invented people."""
    return render_template("dev_mail/previews.html", kinds=samples.names(), languages=_all())


@bp.get("/previews/<kind>/<code>")
@public
def preview(kind: str, code: str) -> ResponseReturnValue:
    """One kind of mail in one language: both parts."""
    shown = {"kind": kind, "language": _language(code), "mail": _written(kind, code)}
    response = make_response(render_template("dev_mail/preview.html", **shown))
    response.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return response


@bp.get("/previews/<kind>/<code>/body")
@public
def preview_body(kind: str, code: str) -> ResponseReturnValue:
    """The HTML part of a preview alone, for the frame."""
    return _alone(_written(kind, code).html)


@bp.get("/<name>")
@public
def show(name: str) -> ResponseReturnValue:
    """One mail: both parts, links, headers."""
    response = make_response(render_template("dev_mail/show.html", mail=_found(name)))
    response.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return response


@bp.get("/<name>/body")
@public
def body(name: str) -> ResponseReturnValue:
    """The HTML part alone, for the frame."""
    return _alone(_found(name).html)


def _alone(html: str) -> Response:
    """An HTML part in a world of its own."""
    response = make_response(html.replace("<head>", f"<head>{_BASE}", 1))
    response.headers["Content-Security-Policy"] = _BODY_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _found(name: str) -> CaughtMail:
    return find(_folder(), name) or abort(404)


def _folder() -> Path:
    return current_config().instance_path / "mail"


def _written(kind: str, code: str) -> Written:
    """The sample, in whatever language; 404 for a kind that has none."""
    return samples.written(kind, _language(code).code) or abort(404)


def _language(code: str) -> Locale:
    return locales.offered().get(code) or abort(404)


def _all() -> list[Locale]:
    return list(locales.offered().values())
