"""Cookies of our own beside that of the session: no script reads them, HTTPS when there is any."""

from datetime import timedelta
from typing import Literal

from flask import request, session
from werkzeug.wrappers import Response

from app.config import current_config

# Of a browser in which somebody has signed in before, and of one that is kept signed in.
KNOWN = "browser"
REMEMBERED = "remembered"
# Under this name Flask-Login keeps in the session cookie what its loader is asked with.
SIGNED_IN_AS = "_user_id"


def sign_in_as(secret: str) -> None:
    """Let the session cookie hold the secret of a signed-in session."""
    session[SIGNED_IN_AS] = secret


def begin_anew(secret: str) -> None:
    """Go on with a signed-in session under a new secret and with a new form token."""
    session.clear()
    sign_in_as(secret)


def name_of(name: str) -> str:
    """The whole name: with HTTPS browsers let nobody else set it, nor for another path."""
    return f"{'__Host-' if current_config().is_https else ''}peyk_{name}"


def read(name: str) -> str:
    """What the browser sent; empty when it sent nothing."""
    return request.cookies.get(name_of(name), "")


def write(
    response: Response,
    name: str,
    value: str,
    life: timedelta,
    same_site: Literal["Lax", "Strict"] = "Lax",
) -> None:
    """Give the browser a cookie."""
    response.set_cookie(
        name_of(name),
        value,
        max_age=life,
        secure=current_config().is_https,
        httponly=True,
        samesite=same_site,
    )


def forget(response: Response, name: str) -> None:
    """Take a cookie away."""
    response.delete_cookie(name_of(name), secure=current_config().is_https, httponly=True)
