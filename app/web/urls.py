"""Addresses that stay the same while a process runs: built once, then only looked up."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for

_KEPT_AS = "peyk.urls"


def init_app(app: Flask) -> None:
    """Begin without any, and let the templates ask here."""
    app.extensions[_KEPT_AS] = {}
    app.jinja_env.globals["url_for"] = url


def url(endpoint: str, **values: Any) -> str:
    """Return what `url_for` returns; an endpoint without arguments is looked up but once.

    Not kept is a name that is relative to the screen one is on (`.show`).
    """
    if values or endpoint[0] == ".":
        return url_for(endpoint, **values)
    return once(endpoint, lambda: url_for(endpoint))


def once(name: str, build: Callable[[], str]) -> str:
    """Return the address of that name; it hangs on nothing but the place of the application.

    Built each time where that place is not the root of the host, and in debug mode, where files
    change.
    """
    if not has_request_context() or request.root_path or current_app.debug:
        return build()
    kept: dict[str, str] = current_app.extensions[_KEPT_AS]
    if name not in kept:
        kept[name] = build()
    return kept[name]
