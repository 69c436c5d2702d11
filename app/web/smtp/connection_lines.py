"""A connection test line by line: facts for every reader, and HTML for the script of the page."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import render_template, url_for

from app.mail.connection_test.probe_steps import Ended, StageReport
from app.mail.models import Role
from app.web.smtp.connection_report import Report
from app.web.smtp.connection_shown import FixShown, Step, as_json, result_as_json, vars_of
from app.web.smtp.page import PortsShown

Line = dict[str, Any]


def of_test(
    probe: Ended, role: Role, reports: Iterator[StageReport | None]
) -> Iterator[Line | None]:
    """Yield a line for each stage as it ends; None is a sign of life.

    The last line says how it ended, with the sum of the times.
    """
    told, shown = Report(probe, plain=True), Report(probe, plain=False)
    spent = 0
    for one in reports:
        if one is None:
            yield None
            continue
        spent += one.duration_ms
        yield as_json(told.step(one), one.code) | {"html": step_html(shown.step(one))}
    html = _part("result", shown.result(), _test_url(role))
    yield result_as_json(told.result(), spent) | {"html": html}


def of_ports(shown: PortsShown) -> Line:
    """Return the usual ports of a server as one line."""
    return {
        "stage": "ports",
        "ports": [vars_of(row) for row in shown.rows],
        "message": str(shown.message),
        "html": _part("seen_ports", shown),
    }


def of_refusal(
    message: str, faults: Iterable[tuple[Any, Any]], fixes: Sequence[FixShown], role: Role
) -> Line:
    """Return why a test did not begin: the faults by field, and what one press mends."""
    found = list(faults)
    return {
        "message": message,
        "errors": {field.name: str(error) for field, error in found},
        "fixes": [vars_of(one) for one in fixes],
        "html": _part("refusal", message, found, fixes, _test_url(role)),
    }


def step_html(step: Step) -> str:
    """Return one step as the page shows it."""
    return _part("one_step", step)


def _part(name: str, *values: object) -> str:
    return render_template("smtp_settings/_part.html", name=name, values=values)


def _test_url(role: Role) -> str:
    return url_for("connection_test.create", role=role.value)
