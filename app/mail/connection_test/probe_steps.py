"""The steps of the connection test: what each does, and what there is to see when it went well."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol

from app.core import clock
from app.mail.diagnosis.diagnosis import Diagnosis, note
from app.mail.diagnosis.remedies import Scope
from app.mail.models import Encryption
from app.mail.server_settings import ServerSettings
from app.mail.smtp.findings import Findings
from app.mail.smtp.session import SmtpSession
from app.mail.smtp.trouble import Stage
from app.mail.smtp.wire import Reply

EXPIRES_SOON = timedelta(days=14)
_CLOCK_MAY_DIFFER = timedelta(minutes=5)
_DATE = re.compile(r"\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)")


class State(StrEnum):
    """How a stage ended."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """What is to be tried: a server, and one message through it.

    `other_host` is the name of the other server, where it is in use: both may be one machine.
    `ours` are the codes of what on our own side keeps mail from leaving, whatever the server says.
    """

    server: ServerSettings
    sender: str
    recipient: str
    data: bytes = field(repr=False)
    passed_before: bool = False
    other_host: str = ""
    ours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageReport:
    """How one stage ended; `detail` and `facts` are what we saw, `reply` what the server said.

    A skipped stage was not wanted by the settings, or not reached after a failure.
    """

    stage: Stage
    state: State
    duration_ms: int = 0
    reply: str = ""
    detail: str = ""
    diagnosis: Diagnosis | None = None
    notes: tuple[Diagnosis, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    is_wanted: bool = True

    @property
    def is_end(self) -> bool:
        """Tell whether nothing can come after this."""
        return self.diagnosis is not None

    @property
    def code(self) -> str:
        """Return the code of what went wrong, or of what is worth knowing."""
        known = self.diagnosis or next(iter(self.notes), None)
        return known.code if known else ""


class Ended(Protocol):
    """A test that is over, as far as its report asks."""

    @property
    def test(self) -> ConnectionTest:
        """What was tried."""

    @property
    def failure(self) -> StageReport | None:
        """The stage that ended it, if one did."""

    @property
    def findings(self) -> Findings:
        """What second looks found."""

    @property
    def accepted(self) -> str:
        """What the server said to the final dot, when it took the message."""

    @property
    def transcript(self) -> tuple[str, ...]:
        """The conversation without credentials."""

    @property
    def our_address(self) -> str:
        """The address from which we spoke."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stage that went well has to show."""

    reply: Reply | None = None
    detail: str = ""
    state: State = State.PASSED
    notes: tuple[Diagnosis, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def noting(self, remarks: Iterable[Diagnosis]) -> "Seen":
        """Return this with more that is worth knowing."""
        notes = (*self.notes, *remarks)
        return replace(self, notes=notes, state=_state(notes))

    def report(self, stage: Stage, duration_ms: int) -> StageReport:
        """Return this as the report of a stage."""
        return StageReport(
            stage,
            self.state,
            duration_ms,
            str(self.reply or ""),
            self.detail,
            notes=self.notes,
            facts=self.facts,
            is_wanted=self.state is not State.SKIPPED,
        )


def _resolve(session: SmtpSession, _test: ConnectionTest) -> Seen:
    return Seen(detail=", ".join(one.ip for one in session.resolve()))


def _connect(session: SmtpSession, _test: ConnectionTest) -> Seen:
    where = session.connect()
    broken = any(":" in one.ip for one in session.passed_over) and ":" not in where.ip
    notes = (note("tcp.ipv6_broken"),) if broken else ()
    return Seen(detail=str(where), state=_state(notes), notes=notes)


def _greet(session: SmtpSession, _test: ConnectionTest) -> Seen:
    greeting = session.greet()
    notes = tuple(_about_greeting(session, greeting))
    return Seen(reply=greeting, state=_state(notes), notes=notes)


def _about_greeting(session: SmtpSession, greeting: Reply) -> Iterator[Diagnosis]:
    if session.knows_only_helo:
        yield note("ehlo.only_helo")
    if said := _DATE.search(greeting.text):
        difference = abs(parsedate_to_datetime(said[0]) - clock.now())
        if difference > _CLOCK_MAY_DIFFER:
            yield note("sys.clock", minutes=str(int(difference / timedelta(minutes=1))))


def _encrypt(session: SmtpSession, test: ConnectionTest) -> Seen:
    if test.server.encryption is Encryption.NONE:
        exposed = test.server.requires_auth and not _is_near(session)
        return Seen(state=State.WARNED if exposed else State.SKIPPED)
    facts = session.encrypt()
    if facts is None or facts.expires_at is None:
        return Seen(detail=str(facts or ""))
    left = facts.expires_at - clock.now()
    notes = tuple(_about_certificate(test.server, facts.expires_at, left))
    if test.server.trusted_certificate:
        return Seen(detail=str(facts), notes=notes)
    shown = {"names": ", ".join(facts.names[:4]), "issuer": facts.issuer, "days": str(left.days)}
    return Seen(detail=str(facts), state=_state(notes), notes=notes, facts=shown)


def _about_certificate(
    server: ServerSettings, ends: datetime, left: timedelta
) -> Iterator[Diagnosis]:
    """Say when a certificate runs out; one that is trusted by itself is good beyond that."""
    until = f"{ends:%Y-%m-%d}"
    if server.trusted_certificate:
        yield note("tls.trusted_exactly", sha256=server.trusted_certificate, until=until)
    elif left < EXPIRES_SOON:
        yield note("tls.expires_soon", days=str(left.days), until=until)


def _sign_in(session: SmtpSession, test: ConnectionTest) -> Seen:
    if not test.server.requires_auth:
        return Seen(state=State.SKIPPED)
    reply = session.sign_in()
    facts = {"mechanisms": session.extensions.get("AUTH", ""), "mechanism": session.mechanism}
    return Seen(reply=reply, facts=facts)


def _sender(session: SmtpSession, test: ConnectionTest) -> Seen:
    return Seen(reply=session.sender(test.sender, len(test.data)))


def _recipient(session: SmtpSession, test: ConnectionTest) -> Seen:
    return Seen(reply=session.recipient(test.recipient))


def _message(session: SmtpSession, test: ConnectionTest) -> Seen:
    return Seen(reply=session.message(test.data))


def _is_near(session: SmtpSession) -> bool:
    """Tell whether the server stands on this machine or in its own network."""
    return all(address.is_internal for address in session.addresses)


def _state(notes: tuple[Diagnosis, ...]) -> State:
    warned = any(one.remedy.scope is Scope.WARNING for one in notes)
    return State.WARNED if warned else State.PASSED


STEPS: dict[Stage, Callable[[SmtpSession, ConnectionTest], Seen]] = {
    Stage.RESOLVE: _resolve,
    Stage.CONNECT: _connect,
    Stage.GREETING: _greet,
    Stage.ENCRYPT: _encrypt,
    Stage.SIGN_IN: _sign_in,
    Stage.SENDER: _sender,
    Stage.RECIPIENT: _recipient,
    Stage.MESSAGE: _message,
}
