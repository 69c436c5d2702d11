"""One line for each request, with the number of the error pages; never a query, never a token."""

import logging
import time

from flask import Flask, Response, g, request

from app.web.visitors.access import client_ip, request_id

logger = logging.getLogger("peyk.web")
# No address of ours is longer; those that strangers make up may have thousands of characters.
_LONGEST = 200
_QUIET = frozenset({"static", "health.live", "health.ready"})


def init_app(app: Flask) -> None:
    """Measure and write down."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    """Write the line; files and probes would drown the rest."""
    if request.endpoint not in _QUIET:
        took = time.perf_counter() - g.get("began", time.perf_counter())
        fields = {
            "method": request.method,
            "path": request.path[:_LONGEST],
            "status": response.status_code,
            "ms": round(took * 1000),
            "ip": client_ip(),
            "request": request_id(),
        }
        logger.info("request", extra={"fields": fields})
    return response
