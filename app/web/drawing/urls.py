"""Addresses that stay the same while a process runs: built once, then only looked up."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Flask, has_request_context, request, url_for

from app.config import current_config
from app.here import application, kept_here

Kept = TypeVar("Kept")

# What needs no disguise in a query, so that addresses stay readable.
_PLAIN = "!$'()*,/:;?@"
_KEPT_AS = "peyk.urls"
_KEPT_HERE = "peyk_urls"


def init_app(app: Flask) -> None:
    """Begin without any, and let the templates ask here."""
    app.extensions[_KEPT_AS] = {}
    app.jinja_env.globals["url_for"] = url


def url(endpoint: str, **values: Any) -> str:
    """Return what `url_for` returns; an endpoint without arguments is looked up but once.

    Not kept is a name that is relative to the screen one is on (`.show`).
    """
    if endpoint[0] == "." or (values and not _is_query(endpoint, values)):
        return url_for(endpoint, **values)
    here = once(endpoint, lambda: url_for(endpoint))
    given = {name: value for name, value in values.items() if value is not None}
    asked = urlencode(given, doseq=True, safe=_PLAIN)
    return f"{here}?{asked}" if asked else here


def _is_query(endpoint: str, values: Mapping[str, Any]) -> bool:
    """Whether the values stand behind the question mark, as the path has no place for them."""

    def has_no_arguments() -> bool:
        rules = application().url_map.iter_rules()
        return not any(rule.arguments for rule in rules if rule.endpoint == endpoint)

    if any(name[0] == "_" for name in values):
        return False
    return once(("a plain path", endpoint), has_no_arguments)


def once(name: object, build: Callable[[], Kept]) -> Kept:
    """Return what is kept under that name; it hangs on nothing but the place of the application.

    Built each time where that place is not the root of the host, and in development, where files
    and sentences change.
    """
    kept = _kept()
    if kept is None:
        return build()
    if name not in kept:
        kept[name] = build()
    return cast(Kept, kept[name])


def _kept() -> dict[object, Any] | None:
    """The addresses that are known; a page, which asks for fifty, finds out once where they are."""
    if not has_request_context():
        return None
    here = kept_here()
    if _KEPT_HERE not in here:
        app = application()
        changes = request.root_path or app.debug or current_config().mode == "development"
        here[_KEPT_HERE] = None if changes else app.extensions[_KEPT_AS]
    found: dict[object, Any] | None = here[_KEPT_HERE]
    return found
