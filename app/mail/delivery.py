"""One claimed message: write it, ask the servers in turn, write down what each said."""

import logging
import time
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from app.config import current_config
from app.core import clock, log, transaction
from app.core.errors import PeykError
from app.extensions import db
from app.mail import breaker, claims, connections, failover, kinds, replies, servers
from app.mail.claims import Claimed
from app.mail.failover import Asked, Fate
from app.mail.message import Message
from app.mail.models import DeliveryAttempt, OutboxState, Role
from app.mail.replies import Outcome, Verdict
from app.mail.server_settings import MailSettings, ServerSettings
from app.mail.trouble import ConversationFailed, Stage, Trouble
from app.mail.wire import Reply

logger = logging.getLogger("peyk.mail")

# How often, and how long apart in seconds, a verdict is offered to a database that is away.
_PERSISTENCE = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


class LeaseLost(PeykError):
    """Another worker has the message now; nothing more may be said about it here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server said about one message."""

    verdict: Verdict
    stage: Stage
    duration_ms: int
    reply: Reply | None = None
    trouble: Trouble | None = None
    tls: str = ""


def deliver(message: Claimed) -> None:
    """Bring one message as far as it gets now, and write down where it stands."""
    settings = servers.current()
    usable = _usable(settings, message)
    if not usable:
        _wait(message)
        return
    written = _write(message)
    if written is None:
        _conclude(message, [], None)
        return
    asked: list[Asked] = []
    role = failover.first_to_ask(usable, message.wanted)
    while role is not None:
        answer = _ask(settings, settings.server(role), message, written)
        asked.append(Asked(role, answer.verdict))
        role = failover.next_to_ask(usable, asked)
        _record(message, settings.server(asked[-1].role), answer, asked, is_last=role is None)


def _usable(settings: MailSettings, message: Claimed) -> list[Role]:
    roles = connections.active_roles(settings)
    if message.only:
        roles = [role for role in roles if role is message.only]
    return breaker.usable(roles)


def _write(message: Claimed) -> kinds.Written | None:
    """Write the words now; what that stores (the digest of a token) is committed before SMTP."""
    transaction.begin()
    request = _request(message)
    written = kinds.compose(message.kind, request)
    db.session.commit()
    return written


def _ask(
    settings: MailSettings, server: ServerSettings, message: Claimed, written: kinds.Written
) -> Answer:
    """Have the conversation with one server. No database is held from here to the reply."""
    if not claims.still_owns(message):
        raise LeaseLost(str(message.id))
    sender = settings.sender_for(server)
    data = _bytes(settings, sender, message, written)
    started = time.monotonic()
    with connections.session_with(server, current_config()) as session:
        try:
            session.open()
            reply = session.send(sender, message.to, data)
        except ConversationFailed as error:
            trouble = error.trouble
            verdict = replies.judge(trouble)
            ms = _milliseconds(started)
            tls = str(session.tls or "")
            return Answer(verdict, trouble.stage, ms, trouble.reply, trouble, tls)
        ms = _milliseconds(started)
        return Answer(replies.ACCEPTED, Stage.MESSAGE, ms, reply, tls=str(session.tls or ""))


def _bytes(settings: MailSettings, sender: str, message: Claimed, written: kinds.Written) -> bytes:
    return Message(
        sender_address=sender,
        sender_name=settings.sender_name,
        to=message.to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        locale=message.locale,
        message_id=message.message_id,
        date=clock.now(),
    ).as_bytes()


def _record(
    message: Claimed, server: ServerSettings, answer: Answer, asked: list[Asked], *, is_last: bool
) -> None:
    """Write the attempt, the server's health and, after the last, the message's fate: one commit.

    A verdict is the one thing that may not get lost now, so it is offered again for a while when
    the database is away; nothing else is sent meanwhile.
    """
    _log(message, server, answer)
    for pause in _PERSISTENCE:
        time.sleep(pause)
        try:
            transaction.begin()
            claims.write_down([_attempt(message, server, answer)])
            _note_health(server.role, answer)
            if is_last:
                _conclude(message, asked, answer)
            db.session.commit()
            return
        except OperationalError as error:
            db.session.rollback()
            failure = error
    raise failure


def _note_health(role: Role, answer: Answer) -> None:
    if answer.verdict.outcome is Outcome.ACCEPTED:
        breaker.succeed(role)
    elif answer.trouble and answer.verdict.strain:
        breaker.fail(role, answer.verdict, answer.trouble)
    else:
        breaker.stay_alive(role)


def _conclude(message: Claimed, asked: list[Asked], answer: Answer | None) -> None:
    """Write what becomes of the message; when it is no longer ours, nothing is written."""
    if answer is None:
        ours = claims.finish(message, OutboxState.CANCELLED, "pointless", None)
        db.session.commit()
    else:
        ours = _write_fate(message, asked)
    if not ours:
        db.session.rollback()
        raise LeaseLost(str(message.id))


def _write_fate(message: Claimed, asked: list[Asked]) -> bool:
    last = asked[-1]
    outcome = last.verdict.outcome
    match failover.fate(asked):
        case Fate.SENT:
            kind = kinds.get(message.kind)
            if kind.accepted:
                kind.accepted(_request(message), clock.now())
            return claims.finish(message, OutboxState.SENT, outcome, last.role)
        case Fate.FAILED:
            return claims.finish(message, OutboxState.FAILED, outcome, None)
        case Fate.UNKNOWN:
            return claims.hold_unknown(message, last.role)
        case _:
            rounds = message.rounds + any(one.verdict.charged for one in asked)
            bound = failover.bound_to(asked, rounds)
            return claims.requeue(message, claims.retry_at(rounds), outcome, rounds, bound)


def _wait(message: Claimed) -> None:
    """Put the message back, uncharged: no server may be asked now."""
    transaction.begin()
    claims.requeue(message, claims.retry_at(0), "waiting", message.rounds, message.wanted)
    db.session.commit()


def _attempt(message: Claimed, server: ServerSettings, answer: Answer) -> DeliveryAttempt:
    reply = answer.reply
    detail = answer.trouble.detail if answer.trouble else ""
    return DeliveryAttempt(
        outbox_id=message.id,
        at=clock.now(),
        server=server.role,
        host=server.host,
        stage=answer.stage,
        outcome=answer.verdict.outcome,
        code=reply.code if reply else None,
        enhanced=reply.enhanced if reply else "",
        reply=(reply.text if reply else detail)[:1000],
        duration_ms=answer.duration_ms,
        tls=answer.tls[:80],
        may_be_duplicate=message.may_be_duplicate,
    )


def _log(message: Claimed, server: ServerSettings, answer: Answer) -> None:
    cause = answer.reply or (answer.trouble.cause if answer.trouble else "")
    logger.info(
        "delivery attempt",
        extra={
            "fields": {
                "outbox": message.id,
                "kind": message.kind,
                "to": log.shortened(message.to),
                "server": server.role,
                "host": f"{server.host}:{server.port}",
                "outcome": answer.verdict.outcome,
                "stage": answer.stage,
                "reply": str(cause)[:200],
                "ms": answer.duration_ms,
            }
        },
    )


def _request(message: Claimed) -> kinds.MailRequest:
    return kinds.MailRequest(message.id, message.about, message.to, message.locale)


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
