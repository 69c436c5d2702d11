"""What a browser keeps of the registration begun in it: the secret by which it is found again."""

from flask import session

from app.accounts.browsers import Browser
from app.web.visitors import loader

_HANDLE = "registration"


def remember(handle: str) -> None:
    """Keep the handle of an attempt in this browser, until it is closed or somebody signs in."""
    session[_HANDLE] = handle


def is_waiting() -> bool:
    """Tell whether somebody has registered here and not signed in since."""
    return _HANDLE in session


def handle() -> str:
    """Return the handle of the attempt begun here; empty when there is none."""
    return str(session.get(_HANDLE, ""))


def browser() -> Browser:
    """Return this browser, as the accounts know one."""
    return Browser(handle(), loader.visit())
