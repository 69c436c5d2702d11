"""For monitors: plain words, no session, no cookies."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.mail import queries
from app.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="alive")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers (else the error page says 503), and a worker lives."""
    if not queries.worker_alive():
        return jsonify(status="not ready", database="reachable", worker="silent"), 503
    return jsonify(status="ready", database="reachable", worker="alive")
