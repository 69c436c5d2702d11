"""Whether a person asked, or a page that refreshes itself while nobody may be looking."""

from flask import has_request_context, request

PART = "part"
LIVING = "live"


def is_unattended() -> bool:
    """Tell whether the page asks for its own living part; that is no sign of somebody's life."""
    return has_request_context() and request.args.get(PART) == LIVING
