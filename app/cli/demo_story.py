"""The story of one mail of the demo: the message, and what each server said about it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from app.cli.demo_people import Somebody
from app.config import current_config
from app.mail.diagnosis.replies import Outcome
from app.mail.models import DeliveryAttempt, OutboxMessage, OutboxState, Role
from app.mail.outbox import retry
from app.mail.servers.failover import Fate
from app.mail.smtp.trouble import Stage


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says; a hole is filled with the recipient or with the number of its queue."""

    outcome: Outcome
    stage: Stage
    code: int | None
    text: str
    milliseconds: int = 160

    @property
    def enhanced(self) -> str:
        """The enhanced status code before its words."""
        return self.text.partition(" ")[0] if self.code else ""


ACCEPTED = Answer(Outcome.ACCEPTED, Stage.MESSAGE, 250, "2.0.0 Ok: queued as {queue}")
GREYLISTED = Answer(
    Outcome.RECIPIENT_TEMPORARY,
    Stage.RECIPIENT,
    450,
    "4.2.0 <{to}>: Recipient address rejected: Greylisted, try again in 300 seconds",
)
UNKNOWN_MAILBOX = Answer(
    Outcome.RECIPIENT,
    Stage.RECIPIENT,
    550,
    "5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table",
)
FULL = Answer(Outcome.RECIPIENT, Stage.RECIPIENT, 552, "5.2.2 <{to}>: Mailbox full")
BUSY = Answer(Outcome.SERVER_BUSY, Stage.SENDER, 451, "4.3.2 Too many messages, try again later")
SIGN_IN_REFUSED = Answer(
    Outcome.SERVER_CONFIG, Stage.SIGN_IN, 535, "5.7.8 Error: authentication failed", 420
)
SILENT = Answer(Outcome.SERVER, Stage.CONNECT, None, "timed out", 10_000)
BROKEN_OFF = Answer(Outcome.UNKNOWN, Stage.MESSAGE, None, "connection lost after the final dot")

HOSTS = {Role.PRIMARY: "localhost", Role.SECONDARY: "127.0.0.1"}


@dataclass(slots=True)
class Story:
    """A message, and the attempts that belong to it as soon as it has a number."""

    message: OutboxMessage
    chance: Random
    attempts: list[DeliveryAttempt] = field(default_factory=list)

    def ask(self, role: Role, answer: Answer, at: datetime, fate: Fate | None = None) -> None:
        """Write down that a server was asked; `fate` is what came of the message by it."""
        queue = f"{self.chance.getrandbits(44):011X}"
        self.attempts.append(
            DeliveryAttempt(
                at=at,
                server=role,
                host=HOSTS[role],
                stage=answer.stage,
                outcome=answer.outcome,
                code=answer.code,
                enhanced=answer.enhanced,
                reply=answer.text.format(to=self.message.recipient, queue=queue),
                duration_ms=int(answer.milliseconds * self.chance.uniform(0.6, 1.8)),
                tls="",
                may_be_duplicate=False,
                fate=fate or "",
            )
        )
        self.message.last_outcome, self.message.last_server = answer.outcome, role

    def end(self, state: OutboxState, at: datetime, by: Role | None = None) -> None:
        """End the message."""
        self.message.state, self.message.finished_at, self.message.sent_by = state, at, by

    def accept(self, role: Role, at: datetime) -> None:
        """Let a server take the message."""
        self.ask(role, ACCEPTED, at, Fate.SENT)
        self.end(OutboxState.SENT, at, role)

    def refuse(self, role: Role, answer: Answer, at: datetime) -> None:
        """Let a server refuse the message for good."""
        self.ask(role, answer, at, Fate.FAILED)
        self.end(OutboxState.FAILED, at)

    def defer(self, role: Role, answer: Answer, at: datetime, until: datetime) -> None:
        """Let a round end without anybody taking the message."""
        self.ask(role, answer, at, Fate.RETRY)
        self.message.rounds += 1
        self.message.due_at = until


def begin(kind: str, to: Somebody, at: datetime, chance: Random, about: int = 0) -> Story:
    """Decide a mail."""
    number = f"{chance.getrandbits(128):032x}"
    message = OutboxMessage(
        kind=kind,
        about=about,
        recipient=to.address.ascii,
        locale=to.locale,
        message_id=f"<{number}@{current_config().public_host}>",
        dedupe_key=f"{kind}:{about}:demo.{number[:16]}",
        state=OutboxState.QUEUED,
        created_at=at,
        due_at=at,
        expires_at=at + retry.LIFETIME,
        claims=0,
        rounds=0,
        may_be_duplicate=False,
        last_outcome="",
    )
    return Story(message, chance)


def seconds(chance: Random, least: float = 1, most: float = 4) -> timedelta:
    """Return the little while that something takes."""
    return timedelta(seconds=chance.uniform(least, most))
