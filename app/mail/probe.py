"""The connection test: the stages of one conversation, reported as they end.

It tests what it is given, saved or not, over the same session that delivers mail. It is bounded
in time, tries each thing once, and changes nothing that is stored.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from app.config import Config
from app.mail import connections
from app.mail.diagnosis import Circumstances, Diagnosis, diagnose
from app.mail.models import Encryption
from app.mail.server_settings import ServerSettings
from app.mail.session import Limits, SmtpSession
from app.mail.trouble import ConversationFailed, Stage, Trouble
from app.mail.wire import Reply

LIMITS = Limits(resolve=8, connect=8, greeting=10, encrypt=10, command=12, dot=25, total=30)


class State(StrEnum):
    """How a stage ended."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """What is to be tried: a server, and one message through it."""

    server: ServerSettings
    sender: str
    recipient: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StageReport:
    """How one stage ended; `detail` is what we saw, `reply` what the server said."""

    stage: Stage
    state: State
    duration_ms: int = 0
    reply: str = ""
    detail: str = ""
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stage that went well has to show."""

    reply: Reply | None = None
    detail: str = ""
    state: State = State.PASSED


class Probe:
    """One run: iterate over `run()`; afterwards `failure` and `transcript` are known."""

    def __init__(self, test: ConnectionTest, config: Config, limits: Limits = LIMITS) -> None:
        self.test = test
        self.failure: StageReport | None = None
        self._session = connections.session_with(test.server, config, limits)

    @property
    def transcript(self) -> tuple[str, ...]:
        """Return the conversation line by line, without credentials.

        It is empty when no mail server answered: what another service says is not for telling.
        """
        return tuple(self._session.transcript) if self._session.greeting else ()

    @property
    def passed(self) -> bool:
        """Tell whether the server said 250 to the final dot."""
        return self.failure is None

    def run(self) -> Iterator[StageReport]:
        """Go through the stages; after a failure the rest is skipped."""
        with self._session:
            for stage in Stage:
                if self.failure is not None:
                    yield StageReport(stage, State.SKIPPED)
                    continue
                for report in self._try(stage):
                    if report.state is State.FAILED:
                        self.failure = report
                    yield report
                if self.failure is not None and self.failure.stage is not stage:
                    yield from _skipped_after(self.failure.stage)
                    return

    def _try(self, stage: Stage) -> Iterator[StageReport]:
        started = time.monotonic()
        try:
            seen = _STEPS[stage](self._session, self.test)
        except ConversationFailed as error:
            yield from self._failed(stage, error.trouble, _milliseconds(started))
        else:
            reply = str(seen.reply) if seen.reply else ""
            yield StageReport(stage, seen.state, _milliseconds(started), reply, seen.detail)

    def _failed(self, stage: Stage, trouble: Trouble, spent: int) -> Iterator[StageReport]:
        """Report the failure; TLS from the first byte fails while connecting, before a greeting."""
        if stage is Stage.CONNECT and trouble.stage is Stage.ENCRYPT:
            yield StageReport(stage, State.PASSED, detail=str(self._session.connected_to or ""))
            yield StageReport(Stage.GREETING, State.SKIPPED)
        reply = str(trouble.reply) if trouble.reply and self._may_quote else ""
        diagnosis = diagnose(trouble, self._circumstances())
        yield StageReport(trouble.stage, State.FAILED, spent, reply, diagnosis=diagnosis)

    @property
    def _may_quote(self) -> bool:
        return self._session.greeting is not None

    def _circumstances(self) -> Circumstances:
        server, addresses = self.test.server, self._session.addresses
        return Circumstances(
            host=server.host,
            port=server.port,
            encryption=server.encryption,
            is_loopback=bool(addresses) and all(one.is_loopback for one in addresses),
            offers_starttls="STARTTLS" in self._session.extensions,
            password_state=server.password_state,
        )


def _skipped_after(stage: Stage) -> Iterator[StageReport]:
    stages = list(Stage)
    for later in stages[stages.index(stage) + 1 :]:
        yield StageReport(later, State.SKIPPED)


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _resolve(session: SmtpSession, _test: ConnectionTest) -> Seen:
    return Seen(detail=", ".join(address.ip for address in session.resolve()))


def _connect(session: SmtpSession, _test: ConnectionTest) -> Seen:
    return Seen(detail=str(session.connect()))


def _greet(session: SmtpSession, _test: ConnectionTest) -> Seen:
    return Seen(reply=session.greet())


def _encrypt(session: SmtpSession, test: ConnectionTest) -> Seen:
    if test.server.encryption is Encryption.NONE:
        exposed = test.server.requires_auth and not _is_near(session)
        return Seen(state=State.WARNED if exposed else State.SKIPPED)
    return Seen(detail=str(session.encrypt() or ""))


def _sign_in(session: SmtpSession, test: ConnectionTest) -> Seen:
    if not test.server.requires_auth:
        return Seen(state=State.SKIPPED)
    return Seen(reply=session.sign_in())


def _sender(session: SmtpSession, test: ConnectionTest) -> Seen:
    return Seen(reply=session.sender(test.sender, len(test.data)))


def _recipient(session: SmtpSession, test: ConnectionTest) -> Seen:
    return Seen(reply=session.recipient(test.recipient))


def _message(session: SmtpSession, test: ConnectionTest) -> Seen:
    return Seen(reply=session.message(test.data))


def _is_near(session: SmtpSession) -> bool:
    """Tell whether the server stands on this machine or in its own network."""
    return all(address.is_internal for address in session.addresses)


_STEPS: dict[Stage, Callable[[SmtpSession, ConnectionTest], Seen]] = {
    Stage.RESOLVE: _resolve,
    Stage.CONNECT: _connect,
    Stage.GREETING: _greet,
    Stage.ENCRYPT: _encrypt,
    Stage.SIGN_IN: _sign_in,
    Stage.SENDER: _sender,
    Stage.RECIPIENT: _recipient,
    Stage.MESSAGE: _message,
}
