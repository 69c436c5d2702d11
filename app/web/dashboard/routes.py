"""The first page of the panel, and its living part, which the page asks for again and again."""

import hashlib

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.web.dashboard.page import Page, read_page
from app.web.dashboard.spans import Span
from app.web.http.unattended import is_unattended
from app.web.visitors.access import admin_only

bp = Blueprint("dashboard", __name__, url_prefix="/system")


@bp.get("/")
@admin_only
def overview() -> ResponseReturnValue:
    """Show the state of the system at a glance."""
    span = _span()
    page = read_page(span)
    living = _living(page, span)
    if is_unattended():
        return _unless_known(living)
    return render_template(
        "dashboard/overview.html", page=page, span=span, living=living, tag=_tag(living)
    )


def _span() -> Span:
    """How far the chart looks back; there is no page for other answers."""
    asked = request.args.get("span", Span.DAY)
    if asked not in set(Span):
        abort(404)
    return Span(asked)


def _living(page: Page, span: Span) -> Markup:
    rendered = render_template("dashboard/living.html", page=page, span=span)
    return Markup(rendered)  # noqa: S704 - a page of ours, escaped where it was written


def _unless_known(living: Markup) -> ResponseReturnValue:
    """Answer with the part, or with nothing when the browser has the same already."""
    response = make_response(living)
    response.set_etag(_tag(living))
    return response.make_conditional(request)


def _tag(living: str) -> str:
    return hashlib.sha256(living.encode()).hexdigest()[:20]
