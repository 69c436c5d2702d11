"""For monitors: plain words, no session, no cookies."""

from flask import Blueprint, Response, abort, jsonify
from flask.typing import ResponseReturnValue

from app.mail.status.readiness import readiness
from app.web.health import metrics
from app.web.visitors.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="alive")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers, a worker lives, certificates can be checked; else 503, and why not."""
    now = readiness()
    status = "ready" if now.is_ready else "not ready"
    parts = {"database": now.database, "worker": now.worker, "authorities": now.authorities}
    answer = jsonify(status=status, **parts)
    return answer, 200 if now.is_ready else 503


@bp.get("/metrics")
@public
def numbers() -> ResponseReturnValue:
    """The numbers of the mail service for Prometheus; for others the page does not exist."""
    if not metrics.may_be_read():
        abort(404)
    return Response(metrics.text(), content_type=metrics.CONTENT_TYPE)
