"""Who may enter: each route declares it, here it is enforced; and where people may be sent."""

import ipaddress
import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import unquote, urlsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from app.accounts import devices
from app.core import audit
from app.i18n.text import _
from app.web.visitors import confirmation, lost_forms

__all__ = [
    "admin_only",
    "client_ip",
    "confirmed",
    "confirmed_when",
    "current_actor",
    "current_user",
    "in_one_step",
    "is_local_path",
    "keeps_what_was_typed",
    "public",
    "safe_next",
    "signed_in",
    "visitor",
]

P = ParamSpec("P")

_MAX_PATH = 2048
_ENROLMENT = "second_factor.show"
_NEVER_NEXT = frozenset({"sessions.destroy", "static"})
# Browsers read a backslash as a slash and drop control characters; we read neither.
_TRICKS = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)


def public(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let everybody in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let in who has an account; send the others to the sign-in page and back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _to_sign_in(view)
        if current_user.owes_second_factor:
            return redirect(url_for(_ENROLMENT), 303)
        return view(*args, **kwargs)

    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded


def in_one_step(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let in who is signed in, also those who owe the second step: here they set it up."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _to_sign_in(view)
        return view(*args, **kwargs)

    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded


def admin_only(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let in administrators; for other people the page does not exist."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _to_sign_in(view)
        if not current_user.is_admin:
            abort(404)
        if current_user.owes_second_factor:
            return redirect(url_for(_ENROLMENT), 303)
        return view(*args, **kwargs)

    guarded.access = "admin"  # type: ignore[attr-defined]
    return guarded


def confirmed(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let in who has typed the password within ten minutes; ask the others, and lose nothing.

    Stands below `admin_only` or `signed_in`.
    """
    return confirmed_when(lambda *_args, **_kwargs: True)(view)


def confirmed_when(
    is_dangerous: Callable[..., bool],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Do what `confirmed` does, where one route serves several deeds and some are harmless."""

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            wants_password = is_dangerous(*args, **kwargs)
            wants_password = wants_password and not lost_forms.was_given_back()
            asked = confirmation.ask(current_actor()) if wants_password else None
            return view(*args, **kwargs) if asked is None else asked

        guarded.confirmed = True  # type: ignore[attr-defined]
        return guarded

    return guard


def keeps_what_was_typed(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Lose nothing of a form whose sender's session has ended: it is there again after signing in.

    Stands below `admin_only` or `signed_in`, above `confirmed`. The view has to ask its form, a
    `PeykForm`, whether it is good: one that was given back never is.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        lost_forms.give_back(current_user.id)
        return view(*args, **kwargs)

    guarded.keeps_what_was_typed = True  # type: ignore[attr-defined]
    return guarded


def visitor() -> audit.Actor:
    """Somebody of whom nothing is known but where the request comes from."""
    browser = devices.short(request.user_agent.string)
    return audit.Actor(None, "visitor", client_ip(), request_id(), browser)


def current_actor() -> audit.Actor:
    """The person behind this request, as the audit writes it down."""
    if not current_user.is_authenticated:
        return visitor()
    return visitor().known_as(current_user.id, current_user.email)


def client_ip() -> str:
    """The address the request came from; proxies count only as far as the operator said.

    Each place has one: tries are counted by it. What a proxy passes on that is none is empty.
    """
    return _address(request.remote_addr or "")


def request_id() -> str:
    """The name of this request: on the error page, in the log and in the audit."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def is_local_path(path: str) -> bool:
    """Whether a browser that follows the path stays here, on a page that exists and only shows."""
    decoded = unquote(path)
    if len(path) > _MAX_PATH or _TRICKS.search(path) or _TRICKS.search(decoded):
        return False
    if not decoded.startswith("/") or not path.startswith("/") or "//" in decoded.split("?")[0]:
        return False
    return _shows_a_page(unquote(urlsplit(path).path))


def safe_next(value: str | None) -> str | None:
    """The path, when it is safe to go there; else nothing."""
    return value if value and is_local_path(value) else None


def declare_static(app: Flask) -> None:
    """Say of the static files what every view says of itself."""
    public(app.view_functions["static"])  # type: ignore[arg-type]


def _address(text: str) -> str:
    """The plain form: no port behind it, no zone, IPv4 never in the clothes of IPv6."""
    is_ipv4_with_port = text.count(":") == 1
    bare = text.partition(":")[0] if is_ipv4_with_port else text.lstrip("[").partition("]")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def _shows_a_page(path: str) -> bool:
    """Whether a GET of the path is a page of ours, not a file, not the sign-out."""
    if request.method == "GET" and request.endpoint and request.path == path:
        return request.endpoint not in _NEVER_NEXT
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        endpoint, _arguments = adapter.match(path, method="GET")
    except (HTTPException, RoutingException):
        return False
    return endpoint not in _NEVER_NEXT


def _to_sign_in(view: Callable[..., object]) -> ResponseReturnValue:
    """Ask who it is; come back here afterwards when here is a page, or a form that is kept."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.method == "POST" and hasattr(view, "keeps_what_was_typed"):
        here = lost_forms.keep()
        if here:
            flash(_("Your time here was over. Sign in again: what you typed is kept."), "info")
    return redirect(url_for("sessions.new", next=safe_next(here)), 303)
