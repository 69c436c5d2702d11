"""Every diagnosis as a test would end with it, without a server. Pure.

For translators and for pictures in guides. What is named is invented; the codes, sentences and
mends are the real ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.mail.connection_test import invented
from app.mail.connection_test.invented import RECIPIENT, SENDER, SUGGESTED
from app.mail.connection_test.probe_steps import ConnectionTest, StageReport, State
from app.mail.diagnosis.diagnosis import Diagnosis
from app.mail.diagnosis.remedies import Scope
from app.mail.diagnosis.samples import SAMPLES
from app.mail.smtp.findings import Findings
from app.mail.smtp.trouble import Stage

# Said by pages after a test, whatever the server answered.
OURS = ("sys.inactive", "sys.no_active_server", "sys.breaker_open", "sys.env_locked",
        "sys.worker_down")  # fmt: skip
# What is said when nothing went wrong, so that nobody waits in vain.
_AFTER_SUCCESS = ("ok.spam_folder", "late.bounce", "mail.quota_hidden", "quit.noise")
_STAGES = {
    "in": Stage.RESOLVE,
    "dns": Stage.RESOLVE,
    "tcp": Stage.CONNECT,
    "banner": Stage.GREETING,
    "ehlo": Stage.GREETING,
    "tls": Stage.ENCRYPT,
    "auth": Stage.SIGN_IN,
    "mail": Stage.SENDER,
    "rcpt": Stage.RECIPIENT,
    "data": Stage.MESSAGE,
    "sys": Stage.GREETING,
}
_ELSEWHERE = {
    "in.same_server": Stage.RESOLVE,
    "in.pass_undecryptable": Stage.SIGN_IN,
    "sys.ca_file": Stage.ENCRYPT,
}
_SEEN = {
    Stage.RESOLVE: "203.0.113.7",
    Stage.CONNECT: "203.0.113.7:587",
    Stage.ENCRYPT: "TLSv1.3, TLS_AES_256_GCM_SHA384",
}
_REPLIES = {
    Stage.GREETING: f"220 {SUGGESTED} ESMTP",
    Stage.SIGN_IN: "235 2.7.0 Authentication successful",
    Stage.SENDER: "250 2.1.0 Ok",
    Stage.RECIPIENT: "250 2.1.5 Ok",
    Stage.MESSAGE: "250 2.0.0 Ok: queued as 4Q1x7z0Lk2",
}


@dataclass(frozen=True, slots=True)
class Played:
    """A test that never ran, in the form in which one that did is reported."""

    test: ConnectionTest
    reports: tuple[StageReport, ...]
    failure: StageReport | None = None
    findings: Findings = field(default_factory=Findings)
    accepted: str = ""
    transcript: tuple[str, ...] = ()
    our_address: str = "198.51.100.20"


def play(code: str) -> Played:
    """Return the test that ends with this code; raise KeyError for one that is not known."""
    found, ours = invented.diagnosis(code), (code,) if code in OURS else ()
    test = ConnectionTest(invented.settings(code).primary, SENDER, RECIPIENT, b"", ours=ours)
    if ours or code in _AFTER_SUCCESS:
        return _passed(test, tuple(_before(None)))
    stage = _stage_of(code)
    if _is_remark(code, found):
        noted = StageReport(stage, _state(found), 21, _REPLIES.get(stage, ""),
                            _SEEN.get(stage, ""), notes=(found,))  # fmt: skip
        return _passed(test, (*_before(stage), noted, *_after(stage)))
    state = State.WARNED if found.spares_the_server else State.FAILED
    reply = SAMPLES[code].reply if code in SAMPLES else ""
    failure = StageReport(stage, state, 34, reply, diagnosis=found)
    skipped = [StageReport(one, State.SKIPPED) for one in _later(stage)]
    reports = () if code.startswith("in.") else (*_before(stage), failure, *skipped)
    return Played(
        test, reports, failure, invented.findings(code), transcript=_transcript(stage, reply)
    )


def _stage_of(code: str) -> Stage:
    if code in SAMPLES:
        return SAMPLES[code].stage
    return _ELSEWHERE.get(code, _STAGES.get(code.partition(".")[0], Stage.MESSAGE))


def _is_remark(code: str, found: Diagnosis) -> bool:
    """Tell whether the test goes on; what is odd about what was typed stops before it begins."""
    scopes = (Scope.WARNING, Scope.INFO, Scope.FINE)
    return found.remedy.scope in scopes and (not code.startswith("in.") or code == "in.same_server")


def _state(found: Diagnosis) -> State:
    return State.WARNED if found.remedy.scope is Scope.WARNING else State.PASSED


def _passed(test: ConnectionTest, reports: tuple[StageReport, ...]) -> Played:
    accepted = _REPLIES[Stage.MESSAGE]
    transcript = _transcript(Stage.MESSAGE, accepted)
    return Played(test, reports, accepted=accepted, transcript=transcript)


def _before(stage: Stage | None) -> Iterator[StageReport]:
    """Yield the stages that went well, all of them when none failed."""
    for one in Stage:
        if one is stage:
            return
        yield _well(one)


def _after(stage: Stage) -> Iterator[StageReport]:
    return (_well(one) for one in _later(stage))


def _later(stage: Stage) -> list[Stage]:
    stages = list(Stage)
    return stages[stages.index(stage) + 1 :]


def _well(stage: Stage) -> StageReport:
    return StageReport(
        stage, State.PASSED, 12, _REPLIES.get(stage, ""), detail=_SEEN.get(stage, "")
    )


def _transcript(stage: Stage, reply: str) -> tuple[str, ...]:
    """Return the conversation up to a stage; before the greeting nobody said anything."""
    said = {
        Stage.GREETING: (f"S: {_REPLIES[Stage.GREETING]}", "C: EHLO support.example.com"),
        Stage.SIGN_IN: ("C: AUTH PLAIN ***", f"S: {_REPLIES[Stage.SIGN_IN]}"),
        Stage.SENDER: (f"C: MAIL FROM:<{SENDER}>", f"S: {_REPLIES[Stage.SENDER]}"),
        Stage.RECIPIENT: (f"C: RCPT TO:<{RECIPIENT}>", f"S: {_REPLIES[Stage.RECIPIENT]}"),
        Stage.MESSAGE: ("C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>"),
    }
    stages = list(Stage)
    lines = [line for one in stages[: stages.index(stage) + 1] for line in said.get(one, ())]
    return (*lines[:-1], f"S: {reply}") if lines and reply else tuple(lines)
