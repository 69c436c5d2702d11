"""The application and what is kept for the page, mail or command that is being made in it.

Past the proxies of Flask, which take ten times as long and are asked hundreds of times a page.
Everything here raises RuntimeError outside every application.
"""

from typing import Any, cast

from flask import Flask
from flask.ctx import AppContext
from flask.globals import app_ctx


def application() -> Flask:
    """Return the application in whose context this runs."""
    return _context().app


def kept_here() -> dict[str, Any]:
    """Return what is kept until the page, mail or command is made: `flask.g` as a mapping."""
    return _context().g.__dict__


def _context() -> AppContext:
    return cast(AppContext, app_ctx._get_current_object())  # type: ignore[attr-defined]
