"""A drill in words: its steps as they happen, and what it came to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from app.i18n.text import _, _l
from app.mail.connection_test import drill
from app.mail.connection_test.drill import Drill, Event, Obstacle, Part
from app.mail.connection_test.probe import State
from app.mail.models import Role
from app.mail.server_settings import MailSettings
from app.mail.servers.failover import Fate
from app.web.drawing.markup import fill, ltr, plain
from app.web.smtp import connection_lines
from app.web.smtp.connection_report import Report
from app.web.smtp.connection_shown import Step
from app.web.words.remedy_words import explained

OBSTACLES = {
    Obstacle.MAIL_OFF: _l(
        "SMTP is switched off or has no sender address, so no mail is sent at all. "
        "Change that first."
    ),
    Obstacle.NO_PRIMARY: _l(
        "The primary server is not in use, so there is nothing to replace. Enter it and switch it "
        "on first."
    ),
    Obstacle.NO_SECONDARY: _l(
        "The secondary server is not in use: while the primary is down, mail waits. Enter a second "
        "server and switch it on first."
    ),
}
RESTING = {
    Role.PRIMARY: _l(
        "At the moment no mail is given to the primary, because it failed repeatedly. The drill "
        "asks it all the same."
    ),
    Role.SECONDARY: _l(
        "At the moment no mail is given to the secondary, because it failed repeatedly. The drill "
        "asks it all the same."
    ),
}
_DOWN = _l(
    "Pretended for this drill: %(host)s refuses every connection. Delivery decides to ask the next "
    "server at once."
)
_SWITCH = _l("The same mail is offered to %(host)s.")
_BACK = _l("%(host)s answers: the next mail is offered to it first again.")
_NOT_BACK = _l("%(host)s does not work now, so mail would keep going through the secondary.")
_WORKS = _l(
    "While the primary is down, mail goes through the secondary at once. The test message for "
    "%(recipient)s was taken; check that mailbox."
)
_WORKS_BUT = _l(
    "The secondary took the test message for %(recipient)s, but the primary does not work now: "
    "test it."
)
_FAILED = _l("While the primary is down, mail would wait: the secondary did not take the message.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drill came to; `meaning` and `advice` stand where the secondary failed."""

    kind: str
    words: object
    meaning: object = ""
    advice: object = ""


def obstacle(settings: MailSettings) -> object:
    """Return why there is nothing to be drilled, or an empty string."""
    found = drill.obstacle(settings)
    return OBSTACLES[found] if found else ""


def warnings(settings: MailSettings) -> list[object]:
    """Return what is worth knowing before a drill."""
    return [RESTING[role] for role in drill.resting(settings)]


class Telling:
    """Puts one drill into words."""

    def __init__(self, one: Drill, settings: MailSettings) -> None:
        self._drill = one
        self._settings = settings
        self._report = Report(one.probe, plain=False)

    def steps(self) -> Iterator[Step | None]:
        """Run the drill and yield its steps; None is a sign of life."""
        for event in self._drill.watch():
            yield self._step(event) if event else None

    def outcome(self) -> Outcome:
        """Return what it came to."""
        recipient = ltr(self._drill.probe.test.recipient)
        if self._drill.fate is Fate.SENT and self._drill.is_back:
            return Outcome("ok", fill(_WORKS, recipient=recipient))
        if self._drill.fate is Fate.SENT:
            return Outcome("warn", fill(_WORKS_BUT, recipient=recipient))
        result = self._report.result()
        is_spared = result.state is State.WARNED
        first = result.message if is_spared else _FAILED
        return Outcome("warn" if is_spared else "bad", first, result.meaning, result.advice)

    def lines(self) -> Iterator[dict[str, Any] | None]:
        """Yield the steps as lines, the outcome last."""
        for step in self.steps():
            yield _line(step) if step else None
        outcome = self.outcome()
        yield {
            "stage": "result",
            "state": outcome.kind,
            "message": plain(outcome.words),
            "html": render_template("failover_drill/_outcome.html", outcome=outcome),
        }

    def _step(self, event: Event) -> Step:
        host = ltr(event.server.host)
        if event.report:
            return self._report.step(event.report)
        if event.part is Part.DOWN:
            title = _("The primary is treated as down")
            return Step("down", title, State.WARNED, 0, "", fill(_DOWN, host=host))
        if event.part is Part.SWITCH:
            title = _("Switch to the secondary")
            return Step("switch", title, State.PASSED, 0, "", fill(_SWITCH, host=host))
        return self._back(event)

    def _back(self, event: Event) -> Step:
        title, host = _("Return to the primary"), ltr(event.server.host)
        if event.diagnosis is None:
            words = fill(_BACK, host=host)
            return Step("back", title, State.PASSED, event.duration_ms, "", words)
        sender = self._settings.sender_for(event.server)
        why = explained(event.diagnosis, event.server, sender)
        words = Markup(" ").join((fill(_NOT_BACK, host=host), why))
        return Step("back", title, State.WARNED, event.duration_ms, "", words)


def _line(step: Step) -> dict[str, Any]:
    return {
        "stage": step.stage,
        "state": step.state.value,
        "duration_ms": step.duration_ms,
        "reply": step.wire,
        "message": plain(step.message),
        "html": connection_lines.step_html(step),
    }
