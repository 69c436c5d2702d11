"""What a connection test shows, in words already: its steps and its end, and both as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.mail.connection_test.probe import State
from app.web.words.remedy_words import PortRow


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the page shows it."""

    stage: str
    title: str
    state: State
    duration_ms: int
    wire: str
    message: str


@dataclass(frozen=True, slots=True)
class FixShown:
    """A button that changes the form and tests again.

    `certificate` is what has to be looked at before, when the change makes us believe it.
    """

    value: str
    label: str
    changes: Mapping[str, str]
    certificate: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a test: did the server take the message, and if not, what now."""

    state: State
    message: str
    meaning: str = ""
    advice: str = ""
    technical: str = ""
    code: str = ""
    stage: str = ""
    fields: tuple[str, ...] = ()
    fixes: tuple[FixShown, ...] = ()
    ports: tuple[PortRow, ...] = ()
    warnings: tuple[str, ...] = ()
    fingerprints: tuple[Mapping[str, Any], ...] = ()
    hints: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    transcript: tuple[str, ...] = ()
    reports: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Tell whether the message was taken."""
        return self.state is State.PASSED

    @property
    def plain_fixes(self) -> tuple[FixShown, ...]:
        """Return the fixes that one press does."""
        return tuple(fix for fix in self.fixes if not fix.certificate)

    @property
    def beliefs(self) -> tuple[FixShown, ...]:
        """Return the fixes that have to be confirmed."""
        return tuple(fix for fix in self.fixes if fix.certificate)

    @property
    def field_name(self) -> str:
        """Return the field to look at first."""
        return self.fields[0] if self.fields else ""


def as_json(step: Step, code: str = "") -> dict[str, Any]:
    """Return one line of the stream."""
    line: dict[str, Any] = {
        "stage": step.stage,
        "state": step.state.value,
        "duration_ms": step.duration_ms,
        "reply": step.wire,
        "message": str(step.message),
        "title": step.title,
    }
    return line | {"code": code} if code else line


def result_as_json(result: Result, duration_ms: int) -> dict[str, Any]:
    """Return the last line of the stream."""
    line: dict[str, Any] = {
        "stage": "result",
        "state": result.state.value,
        "duration_ms": duration_ms,
        "reply": "",
        "message": str(result.message),
        "hints": list(result.hints),
        "remarks": list(result.remarks),
        "transcript": list(result.transcript),
    }
    if result.passed:
        return line
    ports = [vars_of(row) for row in result.ports]
    return line | {
        "code": result.code,
        "failed_stage": result.stage,
        "meaning": result.meaning,
        "advice": result.advice,
        "technical": result.technical,
        "warnings": list(result.warnings),
        "fingerprints": list(map(dict, result.fingerprints)),
        "field": result.field_name,
        "fields": list(result.fields),
        "fixes": [vars_of(fix) | {"changes": dict(fix.changes)} for fix in result.fixes],
        "ports": ports,
        "reports": dict(result.reports),
    }


def vars_of(shown: FixShown | PortRow) -> dict[str, Any]:
    """Return the plain fields of a row."""
    return {name: getattr(shown, name) for name in shown.__slots__}
