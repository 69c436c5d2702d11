"""The steps of a connection test in the reader's words, for the page and for the stream."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from app.config import current_config
from app.i18n import locales
from app.i18n.text import _, _l
from app.mail.diagnosis import Diagnosis
from app.mail.probe import Probe, StageReport, State
from app.mail.trouble import Stage
from app.web.markup import fill, ltr, ltr_plain

TITLES = {
    Stage.RESOLVE: _l("Find the server in DNS"),
    Stage.CONNECT: _l("Connect"),
    Stage.GREETING: _l("Greeting of the server"),
    Stage.ENCRYPT: _l("Encryption"),
    Stage.SIGN_IN: _l("Sign-in to the server"),
    Stage.SENDER: _l("Sender accepted"),
    Stage.RECIPIENT: _l("Recipient accepted"),
    Stage.MESSAGE: _l("Message accepted"),
}
_PASSED = {
    Stage.RESOLVE: _l("%(host)s was found at %(detail)s"),
    Stage.CONNECT: _l("The connection to %(detail)s stands."),
    Stage.GREETING: _l("A mail server answers."),
    Stage.ENCRYPT: _l("The connection is encrypted: %(detail)s"),
    Stage.SIGN_IN: _l("User name and password were accepted."),
    Stage.SENDER: _l("The server accepts the sender %(sender)s"),
    Stage.RECIPIENT: _l("The server accepts the recipient %(recipient)s"),
    Stage.MESSAGE: _l("The server took the message."),
}
_NOT_WANTED = {
    Stage.ENCRYPT: _l("No encryption is chosen."),
    Stage.SIGN_IN: _l("No sign-in: authentication is off."),
}
_SKIPPED = _l("Not tried, because an earlier step failed.")
_EXPOSED = _l("No encryption is chosen: everybody on the way can read the password.")
_STOPPED = _l("The test stopped at “%(step)s”.")
SUCCESS = _l("The server took the test message for %(recipient)s. Look into that mailbox now.")
# Fields of the form; those of the server stand behind its role.
_OF_THE_FORM = frozenset({"sender_address", "sender_name", "recipient"})

Fill = Callable[..., str]


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
class Result:
    """The end of a test: did the server take the message, and if not, what now."""

    passed: bool
    message: str
    code: str = ""
    stage: str = ""
    field_name: str = ""
    transcript: tuple[str, ...] = ()
    reports: Mapping[str, str] = field(default_factory=dict)


class Report:
    """Puts what a probe saw into words: as markup for the page, as plain text for the stream."""

    def __init__(self, probe: Probe, *, plain: bool) -> None:
        self._probe = probe
        self._fill: Fill = _fill_plain if plain else _fill_markup

    def step(self, report: StageReport) -> Step:
        """Return one step in the reader's language."""
        return Step(
            stage=report.stage.value,
            title=str(TITLES[report.stage]),
            state=report.state,
            duration_ms=report.duration_ms,
            wire=report.reply,
            message=self._message(report),
        )

    def result(self) -> Result:
        """Return how it ended, with what can be handed to the hosting company."""
        failure = self._probe.failure
        if failure is None or failure.diagnosis is None:
            message = self._fill(SUCCESS, **self._holes())
            return Result(True, message, transcript=self._probe.transcript)
        return Result(
            passed=False,
            message=self._stopped(failure),
            code=failure.diagnosis.code,
            stage=failure.stage.value,
            field_name=self._field_name(failure.diagnosis),
            transcript=self._probe.transcript,
            reports={code: self._for_the_host(code, failure) for code in locales.LOCALES},
        )

    def _message(self, report: StageReport) -> str:
        if report.diagnosis:
            return self._diagnosed(report.diagnosis)
        if report.state is State.PASSED:
            return self._fill(_PASSED[report.stage], **self._holes(report.detail))
        if report.state is State.WARNED:
            return str(_EXPOSED)
        return str(_SKIPPED if self._probe.failure else _NOT_WANTED.get(report.stage, _SKIPPED))

    def _diagnosed(self, diagnosis: Diagnosis) -> str:
        sentences = (diagnosis.remedy.meaning, diagnosis.remedy.advice)
        return self._fill(" ").join(self._fill(words, **self._holes()) for words in sentences)

    def _stopped(self, failure: StageReport) -> str:
        where = str(_STOPPED) % {"step": TITLES[failure.stage]}
        return self._fill(" ").join((where, self._fill(_meaning(failure), **self._holes())))

    def _field_name(self, diagnosis: Diagnosis) -> str:
        name, server = diagnosis.field, self._probe.test.server
        if name == "sender_address" and server.sender_address:
            return f"{server.role}-sender_address"
        return name if not name or name in _OF_THE_FORM else f"{server.role}-{name}"

    def _holes(self, detail: str = "") -> dict[str, str]:
        test = self._probe.test
        return {
            "host": test.server.host,
            "port": str(test.server.port),
            "sender": test.sender,
            "recipient": test.recipient,
            "helo": current_config().ehlo_name,
            "detail": detail,
        }

    def _for_the_host(self, locale: str, failure: StageReport) -> str:
        """Return a text for the hosting company: what was tried, from here, and what came of it."""
        server = self._probe.test.server
        with locales.use(locale):
            said = _fill_plain(_meaning(failure), **self._holes())
            facts = (
                (_("Server"), server.host),
                (_("Port"), server.port),
                (_("Encryption"), server.encryption.upper()),
                (_("User name"), server.username),
                (_("Step"), TITLES[failure.stage]),
                (_("Meaning"), said),
                (_("Server reply"), failure.reply),
            )
            opening = _("Our system could not send mail through your server.")
            listed = [f"{name}: {value or '–'}" for name, value in facts]
        return "\n".join((opening, "", *listed, "", *self._probe.transcript)).strip()


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
        "state": (State.PASSED if result.passed else State.FAILED).value,
        "duration_ms": duration_ms,
        "reply": "",
        "message": str(result.message),
        "transcript": list(result.transcript),
    }
    if not result.passed:
        line |= {
            "code": result.code,
            "failed_stage": result.stage,
            "field": result.field_name,
            "reports": dict(result.reports),
        }
    return line


def _meaning(failure: StageReport) -> object:
    return failure.diagnosis.remedy.meaning if failure.diagnosis else ""


def _fill_markup(sentence: object, **holes: str) -> Markup:
    return fill(sentence, **{name: ltr(value) for name, value in holes.items()})


def _fill_plain(sentence: object, **holes: str) -> str:
    isolate = ltr_plain if locales.current().direction == "rtl" else str
    text = str(sentence)
    return text % {name: isolate(value) for name, value in holes.items()} if holes else text


def lines(report: Report, reports: Iterator[StageReport]) -> Iterator[dict[str, Any]]:
    """Return the stream's lines as the stages end; the sum of their times comes last."""
    spent = 0
    for one in reports:
        spent += one.duration_ms
        yield as_json(report.step(one), one.diagnosis.code if one.diagnosis else "")
    yield result_as_json(report.result(), spent)
