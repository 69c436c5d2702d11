"""Answers that come line by line: one JSON object a line, as things happen."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, request, stream_with_context

MIMETYPE = "application/x-ndjson"

Line = Mapping[str, Any]


def is_wanted() -> bool:
    """Tell whether the reader asked for lines instead of a page."""
    return request.accept_mimetypes.best_match(["text/html", MIMETYPE]) == MIMETYPE


def stream(lines: Iterator[Line | None]) -> Response:
    """Answer with lines as they come; None is a sign of life.

    Such a sign is a blank before the next line, which no reader minds.
    """
    # Proxies must not hold the lines back.
    headers = {"X-Accel-Buffering": "no"}
    return Response(stream_with_context(_written(lines)), mimetype=MIMETYPE, headers=headers)


def one_line(facts: Line, status: int) -> Response:
    """Answer with the only line there is; unless `facts` say otherwise, it did not begin."""
    line = {"stage": "result", "state": "failed", "duration_ms": 0, "reply": "", **facts}
    return Response(_written(iter([line])), status, mimetype=MIMETYPE)


def _written(lines: Iterator[Line | None]) -> Iterator[str]:
    for line in lines:
        yield " " if line is None else json.dumps(line, ensure_ascii=False) + "\n"
