"""Write down what a server said about a message, and what follows: one commit for all of it."""

import logging
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy.exc import InterfaceError, OperationalError

from app.core import clock, log, transaction
from app.core.errors import PeykError
from app.extensions import db
from app.mail import kinds
from app.mail.delivery.answers import Answer
from app.mail.diagnosis.circumstances import Circumstances
from app.mail.diagnosis.diagnosis import Diagnosis, diagnose, suspicion
from app.mail.diagnosis.replies import Outcome
from app.mail.models import OutboxState
from app.mail.outbox import endings
from app.mail.outbox.claims import Claimed
from app.mail.outbox.endings import Attempt, Ending
from app.mail.server_settings import ServerSettings
from app.mail.servers import breaker, failover
from app.mail.servers.failover import Asked, Fate
from app.mail.status import totals

logger = logging.getLogger("peyk.mail")

# Of a name or an answer that a sentence quotes later.
_LONGEST = 320
# How often, and how long apart in seconds, a verdict is offered to a database that is away.
_PERSISTENCE = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_AWAY = (OperationalError, InterfaceError)


class LeaseLost(PeykError):
    """Another worker has the message now; nothing more may be said about it here."""


class VerdictLost(PeykError):
    """The database stayed away, or cannot hold it, so nobody will know what the server said.

    The message keeps its lease: whoever takes it back afterwards knows that it may be a duplicate.
    """


def record(
    message: Claimed, server: ServerSettings, answer: Answer, asked: list[Asked], *, is_last: bool
) -> None:
    """Write the attempt, the server's health and, after the last, the message's fate: one commit.

    A verdict is the one thing that may not get lost now, so it is offered again for a while when
    the database is away; nothing else is sent meanwhile. An attempt is written even when the
    message has gone to another worker meanwhile; then `LeaseLost` is raised.
    """
    _log(message, server, answer)
    write = partial(_record, message, server, answer, asked, is_last=is_last)
    is_told = is_last and answer.verdict.outcome is Outcome.ACCEPTED
    for pause in _PERSISTENCE:
        if pause:
            time.sleep(pause)
        try:
            ours = _written(write, message, is_told=is_told)
            break
        except _AWAY as error:
            db.session.rollback()
            failure = error
        except Exception as error:
            db.session.rollback()
            raise VerdictLost(str(message.id)) from error
    else:
        raise VerdictLost(str(message.id)) from failure
    totals.count(server.role, answer.verdict.outcome, answer.duration_ms)
    if not ours:
        raise LeaseLost(str(message.id))


def _written(write: Callable[..., bool], message: Claimed, *, is_told: bool) -> bool:
    """Write it; when the kind of mail breaks over its acceptance, write it without telling it.

    The server has the message: to forget that would send it again and again.
    """
    try:
        return write(is_told=is_told)
    except _AWAY:
        raise
    except Exception:
        if not is_told:
            raise
        db.session.rollback()
        logger.exception("acceptance broke", extra={"fields": {"outbox": message.id}})
        return write(is_told=False)


def _record(
    message: Claimed,
    server: ServerSettings,
    answer: Answer,
    asked: list[Asked],
    *,
    is_last: bool,
    is_told: bool,
) -> bool:
    attempt = _attempt(message, server, answer, failover.fate(asked) if is_last else "")
    ending = _ending(message, asked)
    with transaction.writing() as connection:
        ours = endings.close(connection, message, ending, attempt) if is_last else True
        if not (is_last and ours):
            endings.write_down(connection, attempt)
        if answer.changes_health:
            _note_health(server, answer)
        if ours and is_told:
            _tell_kind(message)
    return ours


def _tell_kind(message: Claimed) -> None:
    accepted = kinds.get(message.kind).accepted
    if accepted:
        accepted(message.request, clock.now())


def _note_health(server: ServerSettings, answer: Answer) -> None:
    if answer.verdict.outcome is Outcome.ACCEPTED:
        breaker.succeed(server.role)
    elif answer.trouble and answer.verdict.strain:
        breaker.fail(server.role, answer.verdict, answer.trouble, answer.around)
    else:
        breaker.stay_alive(server.role)


def _ending(message: Claimed, asked: list[Asked]) -> Ending:
    return {**_outcome(message, asked), "last_server": asked[-1].role}


def _outcome(message: Claimed, asked: list[Asked]) -> Ending:
    last = asked[-1]
    outcome = last.verdict.outcome
    match failover.fate(asked):
        case Fate.SENT:
            return endings.finished(OutboxState.SENT, outcome, last.role)
        case Fate.FAILED:
            return endings.finished(OutboxState.FAILED, outcome)
        case Fate.UNKNOWN:
            return endings.held_as_unknown(message, last.role)
        case _:
            rounds = message.rounds + any(one.verdict.charged for one in asked)
            bound = failover.bound_to(asked, rounds)
            return endings.put_back(endings.retry_at(rounds), outcome, rounds, bound)


def _attempt(message: Claimed, server: ServerSettings, answer: Answer, fate: str) -> Attempt:
    reply = answer.reply
    trouble = answer.trouble
    detail = trouble.detail if trouble else ""
    found = diagnose(trouble, answer.around) if trouble else None
    return {
        "outbox_id": message.id,
        "at": clock.now(),
        "server": server.role,
        "host": server.host,
        "port": server.port,
        "stage": answer.stage,
        "outcome": answer.verdict.outcome,
        "code": reply.code if reply else None,
        "enhanced": reply.enhanced if reply else "",
        "reply": (reply.text if reply else detail)[:1000],
        "duration_ms": answer.duration_ms,
        "cause": found.code if found else "",
        "details": _details(found, answer.around) if found else {},
        "tls": answer.tls[:80],
        "certificate": answer.certificate[:160],
        "may_be_duplicate": message.may_be_duplicate,
        "fate": fate,
    }


def _details(found: Diagnosis, around: Circumstances | None) -> dict[str, str]:
    """Return what a sentence may name later, when the settings are others; the reply is kept."""
    doubt = suspicion(around) if around else None
    known = {
        **found.details,
        "sender": around.sender if around else "",
        "former": doubt.details["before"] if doubt else "",
    }
    return {name: value[:_LONGEST] for name, value in known.items() if value and name != "reply"}


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
