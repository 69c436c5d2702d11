"""The steps of a connection test in the reader's words, as markup or as plain text."""

import re
from collections.abc import Mapping
from typing import Any

from app.i18n.text import _l
from app.mail.connection_test.probe_steps import Ended, StageReport, State
from app.mail.diagnosis.diagnosis import Diagnosis, note
from app.mail.diagnosis.fixes import Fix
from app.mail.smtp.trouble import Stage
from app.web.smtp import connection_certificate, hosting_report
from app.web.smtp.connection_shown import FixShown, Result, Step
from app.web.smtp.hosting_report import TITLES
from app.web.words.remedy_words import Fill, fill_markup, fill_plain, fix_label, holes, port_rows

__all__ = ["TITLES", "Report"]

_PASSED = {
    Stage.RESOLVE: _l("%(host)s was found at %(detail)s."),
    Stage.CONNECT: _l("Connected to %(detail)s."),
    Stage.GREETING: _l("A mail server answers."),
    Stage.ENCRYPT: _l("The connection is encrypted: %(detail)s."),
    Stage.SIGN_IN: _l("User name and password were accepted."),
    Stage.SENDER: _l("The server accepts the sender %(sender)s."),
    Stage.RECIPIENT: _l("The server accepts the recipient %(recipient)s."),
    Stage.MESSAGE: _l("The server took the message."),
}
_FACTS = {
    Stage.ENCRYPT: _l("Certificate of %(names)s, issued by %(issuer)s; %(days)s days left."),
    Stage.SIGN_IN: _l("Offered: %(mechanisms)s; used: %(mechanism)s."),
}
_NOT_WANTED = {
    Stage.ENCRYPT: _l("No encryption is chosen."),
    Stage.SIGN_IN: _l("No sign-in: authentication is off."),
}
_SKIPPED = _l("Not tried, because an earlier step failed.")
_EXPOSED = _l("No encryption is chosen: everybody on the way can read the password.")
_STOPPED = _l("The test stopped at “%(step)s”.")
_ONLY_RECIPIENT = _l("The connection is fine; only the recipient was refused.")
SUCCESS = _l("The server took the test message for %(recipient)s. Check that mailbox now.")
_NOT_SEEN = ("ok.spam_folder", "late.bounce", "mail.quota_hidden")
_QUEUE_ID = re.compile(r"(?:queued as|queue[d]? id|id=)\s*([\w.-]+)", re.IGNORECASE)
# Fields of the form; those of the server stand behind its role.
_OF_THE_FORM = frozenset({"sender_address", "sender_name", "recipient", "smtp_active"})


class Report:
    """Puts what a probe saw into words: as markup for the page, as plain text for the stream."""

    def __init__(self, probe: Ended, *, plain: bool) -> None:
        self._probe = probe
        self._fill: Fill = fill_plain if plain else fill_markup

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
            return self._success()
        diagnosis, remedy = failure.diagnosis, failure.diagnosis.remedy
        known = self._holes(**diagnosis.details)
        spared = diagnosis.spares_the_server
        return Result(
            state=State.WARNED if spared else State.FAILED,
            message=str(_ONLY_RECIPIENT) if spared else self._stopped(failure),
            meaning=self._fill(remedy.meaning, **known),
            advice=self._fill(remedy.advice, **known),
            technical=self._fill(remedy.technical, **known),
            warnings=tuple(self._words(one, self._holes(**one.details)) for one in failure.notes),
            fingerprints=tuple(connection_certificate.compared(diagnosis, *failure.notes)),
            code=diagnosis.code,
            stage=failure.stage.value,
            fields=tuple(map(self._field_name, remedy.fields)),
            fixes=self._fixes(diagnosis),
            ports=tuple(port_rows(self._probe.findings.ports)),
            remarks=self._remarks(diagnosis),
            transcript=self._probe.transcript,
            reports={
                code: hosting_report.written(self._probe, failure, code, known)
                for code in hosting_report.languages()
            },
        )

    def _stopped(self, failure: StageReport) -> str:
        return str(_STOPPED) % {"step": TITLES[failure.stage]}

    def _success(self) -> Result:
        message = self._fill(SUCCESS, **self._holes())
        found = _QUEUE_ID.search(self._probe.accepted)
        known = self._holes(id=found[1] if found else "")
        hints = tuple(self._words(note(code), known) for code in _NOT_SEEN)
        transcript = self._probe.transcript
        remarks = self._remarks()
        return Result(State.PASSED, message, hints=hints, remarks=remarks, transcript=transcript)

    def _remarks(self, diagnosis: Diagnosis | None = None) -> tuple[str, ...]:
        """Return what of our own side is worth knowing, among it a mend that is locked away."""
        codes = list(self._probe.test.ours)
        if diagnosis and any(map(self._is_locked, diagnosis.fixes)):
            codes.append("sys.env_locked")
        return tuple(self._words(note(code), self._holes()) for code in codes)

    def _is_locked(self, fix: Fix) -> bool:
        return bool(set(fix.changes) & set(self._probe.test.server.locked))

    def _message(self, report: StageReport) -> str:
        if report.diagnosis:
            # What to do stands in the result, once.
            known = self._holes(**report.diagnosis.details)
            return self._fill(report.diagnosis.remedy.meaning, **known)
        if report.state is State.SKIPPED:
            return str(_SKIPPED if report.is_wanted else _NOT_WANTED[report.stage])
        if report.stage is Stage.ENCRYPT and not report.detail:
            return str(_EXPOSED)
        return self._passed(report)

    def _passed(self, report: StageReport) -> str:
        sentences = [self._fill(_PASSED[report.stage], **self._holes(detail=report.detail))]
        if report.facts:
            sentences.append(self._fill(_FACTS[report.stage], **self._holes(**report.facts)))
        sentences += [self._words(one, self._holes(**one.details)) for one in report.notes]
        return self._fill(" ").join(sentences)

    def _words(self, diagnosis: Diagnosis, known: Mapping[str, str]) -> str:
        sentences = (diagnosis.remedy.meaning, diagnosis.remedy.advice)
        return self._fill(" ").join(self._fill(words, **known) for words in sentences)

    def _fixes(self, diagnosis: Diagnosis) -> tuple[FixShown, ...]:
        return tuple(
            FixShown(
                str(fix),
                fix_label(fix, self._fill),
                {self._field_name(name): value for name, value in fix.changes.items()},
                self._to_look_at(fix),
            )
            for fix in diagnosis.fixes
            if not self._is_locked(fix)
        )

    def _to_look_at(self, fix: Fix) -> dict[str, Any]:
        """Return the certificate that a fix would make us believe, for people to compare."""
        shown = self._probe.findings.certificate
        return connection_certificate.shown(shown) if fix.needs_confirmation and shown else {}

    def _field_name(self, name: str) -> str:
        server = self._probe.test.server
        if name == "sender_address" and server.sender_address:
            return f"{server.role}-sender_address"
        return name if name in _OF_THE_FORM else f"{server.role}-{name}"

    def _holes(self, **more: str) -> dict[str, str]:
        test = self._probe.test
        return holes(test.server, test.sender, recipient=test.recipient, **more)
