"""Whom to tell of a weakness (RFC 9116), and where a password is changed."""

from datetime import timedelta

from flask import Blueprint, Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from app.config import current_config
from app.core import clock
from app.i18n import locales
from app.web.visitors.access import public

bp = Blueprint("well_known", __name__, url_prefix="/.well-known")

# Readers want an end, though the text is made anew whenever somebody asks.
_GOOD_FOR = timedelta(days=180)


@bp.get("/security.txt")
@public
def security() -> ResponseReturnValue:
    """Name the contact of the operator; where none is set there is no such page."""
    config = current_config()
    if not config.security_contact:
        abort(404)
    until = (clock.now() + _GOOD_FOR).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {config.security_contact}",
        f"Expires: {until}",
        f"Preferred-Languages: {', '.join(locales.LOCALES)}",
        f"Canonical: {config.public_url}/.well-known/security.txt",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/change-password")
@public
def change_password() -> ResponseReturnValue:
    """Lead password managers to the page on which the password is changed."""
    return redirect(url_for("profile.edit_password"), 303)
