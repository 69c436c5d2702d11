"""The failover drill: the primary is taken for dead, and a test mail shows what then happens.

What follows from what is decided as in delivery (`replies`, `failover`), over its session. Nothing
is written down: no breaker counts it, no attempt and no test result is kept.
"""

import socket
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.config import Config, current_config
from app.extensions import db
from app.mail.connection_test import relay, trial
from app.mail.connection_test.probe import ConnectionTest, Probe, StageReport
from app.mail.diagnosis import replies
from app.mail.diagnosis.circumstances import around
from app.mail.diagnosis.diagnosis import Diagnosis, diagnose
from app.mail.diagnosis.replies import Verdict
from app.mail.models import Role
from app.mail.server_settings import MailSettings, ServerSettings
from app.mail.servers import breaker, connections, failover
from app.mail.servers.failover import Asked, Fate
from app.mail.smtp.address_policy import policy_of
from app.mail.smtp.destinations import Address
from app.mail.smtp.network import Network
from app.mail.smtp.session import Limits, SmtpSession
from app.mail.smtp.trouble import ConversationFailed

# Both conversations together stay below half a minute.
_TO_SECONDARY = Limits(resolve=4, connect=6, greeting=6, encrypt=6, command=8, dot=12, total=17)
_TO_PRIMARY = Limits(resolve=3, connect=4, greeting=4, encrypt=4, command=4, dot=4, total=8)


class Obstacle(StrEnum):
    """Why there is nothing to be drilled."""

    MAIL_OFF = "mail_off"
    NO_PRIMARY = "no_primary"
    NO_SECONDARY = "no_secondary"


class Part(StrEnum):
    """What an event tells of."""

    DOWN = "down"
    SWITCH = "switch"
    STAGE = "stage"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, at one server; `diagnosis` says what failed, if anything did."""

    part: Part
    server: ServerSettings
    duration_ms: int = 0
    report: StageReport | None = None
    diagnosis: Diagnosis | None = None


def obstacle(settings: MailSettings) -> Obstacle | None:
    """Return what stands in the way of a drill, if anything does."""
    active = connections.active_roles(settings)
    if not settings.smtp_active or not settings.sender_address:
        return Obstacle.MAIL_OFF
    if Role.PRIMARY not in active:
        return Obstacle.NO_PRIMARY
    return None if Role.SECONDARY in active else Obstacle.NO_SECONDARY


def resting(settings: MailSettings) -> list[Role]:
    """Return the servers that delivery leaves alone now; the drill asks them all the same."""
    roles = connections.active_roles(settings)
    able = breaker.usable(roles)
    return [role for role in roles if role not in able]


def prepare(settings: MailSettings, *, recipient: str, locale: str, turn: str) -> "Drill":
    """Return a drill that is ready to run, and let go of the database before the wire."""
    config = current_config()
    server = settings.secondary
    sender = settings.sender_for(server)
    names = (sender, settings.sender_name)
    data = trial.message(server, names, recipient, config, locale, is_drill=True)
    test = ConnectionTest(server, sender, recipient, data, other_host=settings.primary.host)
    db.session.commit()
    return Drill(settings, Probe(test, config, _TO_SECONDARY), config, turn)


class _Down(Network):
    """The network to a server that refuses every connection; it needs no real one."""

    def resolve(self, host: str, port: int, seconds: float) -> Sequence[Address]:
        """Return an address at which nobody is."""
        return [Address(socket.AF_INET, "192.0.2.1", port)]

    def connect(self, address: Address, seconds: float) -> socket.socket:
        """Refuse."""
        raise ConnectionRefusedError


class Drill:
    """One drill: iterate over `watch()`; afterwards `fate` and `is_back` are known."""

    def __init__(self, settings: MailSettings, probe: Probe, config: Config, turn: str) -> None:
        self.probe = probe
        self.fate = Fate.WAIT
        self.is_back = False
        self._settings = settings
        self._config = config
        self._turn = turn
        self._return: SmtpSession | None = None
        self._is_cancelled = False

    def watch(self) -> Generator[Event | None, None, None]:
        """Run, with None as a sign of life; a reader who left ends it. Gives the turn back."""
        try:
            yield from relay.relayed(self._run, self._cancel)
        finally:
            trial.TURNS.give_back(self._turn)

    def _cancel(self) -> None:
        self._is_cancelled = True
        self.probe.cancel()
        if self._return:
            self._return.hang_up()

    def _run(self) -> Iterator[Event]:
        """Ask the servers in turn, as `delivery` does; then see whether the first is back."""
        usable = connections.active_roles(self._settings)
        asked: list[Asked] = []
        role = failover.first_to_ask(usable, None)
        while role is not None:
            if asked:
                yield Event(Part.SWITCH, self._settings.server(role))
            verdict = yield from self._ask(role)
            asked.append(Asked(role, verdict))
            role = failover.next_to_ask(usable, asked)
        self.fate = failover.fate(asked)
        if not self._is_cancelled:
            yield self._ask_for_return()

    def _ask(self, role: Role) -> Generator[Event, None, Verdict]:
        server = self._settings.server(role)
        if role is Role.PRIMARY:
            return (yield from self._find_down(server))
        for report in self.probe.run():
            yield Event(Part.STAGE, server, report.duration_ms, report)
        trouble = self.probe.failed_with
        return replies.judge(trouble) if trouble else replies.ACCEPTED

    def _find_down(self, server: ServerSettings) -> Generator[Event, None, Verdict]:
        nowhere = _Down(policy_of(self._config))
        try:
            with connections.session_with(server, self._config, network=nowhere) as session:
                session.open()
        except ConversationFailed as error:
            yield Event(Part.DOWN, server)
            return replies.judge(error.trouble)
        return replies.ACCEPTED

    def _ask_for_return(self) -> Event:
        """Have a conversation without a message, as a worker does before it goes back."""
        server = self._settings.primary
        started = time.monotonic()
        found: Diagnosis | None = None
        session = self._return = connections.session_with(server, self._config, _TO_PRIMARY)
        try:
            with session:
                session.open()
        except ConversationFailed as error:
            sender = self._settings.sender_for(server)
            found = diagnose(error.trouble, around(server, self._config, sender, session))
        self.is_back = found is None
        spent = round((time.monotonic() - started) * 1000)
        return Event(Part.BACK, server, spent, diagnosis=found)
