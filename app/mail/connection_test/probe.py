"""The connection test: the stages of one conversation, reported as they end.

It tests what it is given, saved or not, over the same session that delivers mail. It is bounded
in time, tries each thing once, and changes nothing that is stored. After a failure a second look
tells causes apart that look alike.
"""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

from app.config import Config
from app.mail.connection_test import name_remarks, second_look
from app.mail.connection_test.probe_steps import STEPS, ConnectionTest, StageReport, State
from app.mail.diagnosis.circumstances import Circumstances, around
from app.mail.diagnosis.diagnosis import Diagnosis, diagnose, suspicion
from app.mail.servers import connections
from app.mail.smtp.findings import Findings
from app.mail.smtp.network import Network
from app.mail.smtp.offers import Offer
from app.mail.smtp.session import Limits
from app.mail.smtp.trouble import ConversationFailed, Stage, Trouble
from app.mail.smtp.wire import Deadline

__all__ = ["LIMITS", "ConnectionTest", "Probe", "StageReport", "State"]

LIMITS = Limits(resolve=6, connect=8, greeting=10, encrypt=10, command=12, dot=20, total=24)
# What the second looks may take on top, so that the whole stays below thirty seconds.
_SECOND_LOOK = 3.0


class Probe:
    """One run: iterate over `run()`; afterwards `failure` and `transcript` are known."""

    def __init__(
        self,
        test: ConnectionTest,
        config: Config,
        limits: Limits = LIMITS,
        network: Network | None = None,
    ) -> None:
        self.test = test
        self.failure: StageReport | None = None
        self.failed_with: Trouble | None = None
        self.findings = Findings()
        self.accepted = ""
        self._offer: Offer | None = None
        self._config = config
        self._network = network or connections.network_of(config)
        self._session = connections.session_with(test.server, config, limits, self._network)
        self._deadline = Deadline.within(limits.total + _SECOND_LOOK)
        self._is_cancelled = False

    @property
    def transcript(self) -> tuple[str, ...]:
        """Return the conversation line by line, without credentials.

        It is empty when no mail server answered: what another service says is not for telling.
        """
        return tuple(self._session.transcript) if self._session.greeting else ()

    @property
    def our_address(self) -> str:
        """Return the address from which we spoke, as far as it is known."""
        return self._session.spoke_from

    @property
    def offer(self) -> Offer | None:
        """Return what the server offered, once it took the message."""
        return self._offer if self.passed else None

    @property
    def passed(self) -> bool:
        """Tell whether the server said 250 to the final dot."""
        return self.failure is None and bool(self.accepted)

    def cancel(self) -> None:
        """End the run from another thread; what waits for the server waits no more."""
        self._is_cancelled = True
        self._session.hang_up()

    def run(self) -> Iterator[StageReport]:
        """Go through the stages; after a failure the rest is skipped."""
        with self._session:
            for stage in Stage:
                if self._is_cancelled:
                    return
                for report in self._try(stage):
                    if report.is_end:
                        self.failure = report
                    yield report
                if self.failure is not None:
                    yield from _skipped_after(self.failure.stage)
                    return

    def _try(self, stage: Stage) -> Iterator[StageReport]:
        started = time.monotonic()
        try:
            seen = STEPS[stage](self._session, self.test)
            if stage is Stage.RESOLVE:
                seen = seen.noting(self._name_remarks())
        except ConversationFailed as error:
            yield from self._failed(stage, error.trouble, _milliseconds(started))
            return
        if stage is Stage.MESSAGE:
            self.accepted = str(seen.reply)
            self._offer = self._session.offer
        spent = self._own_time(stage, _milliseconds(started))
        yield seen.report(stage, spent)

    def _name_remarks(self) -> Iterator[Diagnosis]:
        host, other = self.test.server.host, self.test.other_host
        return name_remarks.about(host, self._session.addresses, other, self._network)

    def _own_time(self, stage: Stage, spent: int) -> int:
        """TLS from the first byte is agreed on while connecting; its time belongs to encryption."""
        handshake = round(self._session.handshake_seconds * 1000)
        if not self._session.endpoint.encryption.is_implicit:
            return spent
        if stage is Stage.CONNECT:
            return max(spent - handshake, 0)
        return handshake if stage is Stage.ENCRYPT else spent

    def _failed(self, stage: Stage, trouble: Trouble, spent: int) -> Iterator[StageReport]:
        """Report the failure; TLS from the first byte fails while connecting, before a greeting."""
        if stage is Stage.CONNECT and trouble.stage is Stage.ENCRYPT:
            connecting = self._own_time(Stage.CONNECT, spent)
            where = str(self._session.connected_to or "")
            yield StageReport(stage, State.PASSED, connecting, detail=where)
            yield StageReport(Stage.GREETING, State.SKIPPED)
            spent -= connecting
        self.failed_with = trouble
        self.findings = self._look_again(trouble)
        circumstances = self._circumstances()
        diagnosis = diagnose(trouble, circumstances)
        remarks = tuple(filter(None, (suspicion(circumstances),)))
        state = State.WARNED if diagnosis.spares_the_server else State.FAILED
        reply = str(trouble.reply) if trouble.reply and self._session.greeting else ""
        yield StageReport(trouble.stage, state, spent, reply, diagnosis=diagnosis, notes=remarks)

    def _look_again(self, trouble: Trouble) -> Findings:
        if self._is_cancelled:
            return Findings()
        names = (self._config.public_host, self._config.ehlo_name, socket.gethostname())
        control = self._config.smtp_control_host
        scene = second_look.Scene(self._session, self._network, self._deadline, names, control)
        return second_look.look(trouble, scene)

    def _circumstances(self) -> Circumstances:
        seen = around(self.test.server, self._config, self.test.sender, self._session)
        return replace(seen, offered_starttls_once=self.test.passed_before, findings=self.findings)


def _skipped_after(stage: Stage) -> Iterator[StageReport]:
    stages = list(Stage)
    for later in stages[stages.index(stage) + 1 :]:
        yield StageReport(later, State.SKIPPED)


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
