"""One claimed message: write it, ask the servers in turn, have each answer written down."""

import time
from datetime import timedelta

from app.config import current_config
from app.core import clock, transaction
from app.mail import kinds
from app.mail.delivery import records
from app.mail.delivery.answers import Answer
from app.mail.delivery.records import LeaseLost
from app.mail.delivery.view import View
from app.mail.diagnosis import replies
from app.mail.diagnosis.replies import Outcome
from app.mail.message import Message
from app.mail.models import OutboxState, Role
from app.mail.outbox import claims, endings
from app.mail.outbox.claims import Claimed
from app.mail.server_settings import MailSettings, ServerSettings
from app.mail.servers import connections, failover, offer_memory, throttle
from app.mail.servers.connections import Envelope, NoConnectionFree
from app.mail.servers.failover import Asked
from app.mail.smtp.trouble import Stage

# How long a message waits when as many workers talk to its server as may.
BUSY = timedelta(seconds=2)


def deliver(message: Claimed, view: View) -> None:
    """Bring one message as far as it gets now, and write down where it stands."""
    settings, standing = view.settings, view.standing(message.only)
    role = failover.first_to_ask(standing.usable, message.wanted)
    pause = throttle.wait_for(settings.server(role)) if role else timedelta(0)
    if role is None or pause:
        _wait(message, pause)
        return
    written = _write(message)
    if written is None:
        _cancel(message)
        return
    try:
        _round(message, view, role, written)
    except NoConnectionFree:
        _wait(message, BUSY)


def _round(message: Claimed, view: View, first: Role, written: kinds.Written) -> None:
    """Ask one server after the other, as the answers demand."""
    settings, standing = view.settings, view.standing(message.only)
    asked: list[Asked] = []
    role: Role | None = first
    while role is not None:
        server = settings.server(role)
        answer = _ask(settings, server, message, written, was_well=role in standing.well)
        asked.append(Asked(role, answer.verdict))
        if answer.verdict.outcome is Outcome.SERVER_BUSY:
            throttle.slow_down(server)
        role = failover.next_to_ask(standing.usable, asked)
        if role is not None and throttle.wait_for(settings.server(role)):
            role = None
        if answer.changes_health:
            view.look_again()
        records.record(message, server, answer, asked, is_last=role is None)
        if answer.offer is not None:
            offer_memory.keep(server, answer.offer)


def _write(message: Claimed) -> kinds.Written | None:
    """Write the words now; what that stores (the digest of a token) is committed before SMTP."""
    with transaction.writing():
        return kinds.compose(message.kind, message.request)


def _ask(
    settings: MailSettings,
    server: ServerSettings,
    message: Claimed,
    written: kinds.Written,
    *,
    was_well: bool,
) -> Answer:
    """Have the conversation with one server. No database is held from here to the reply."""
    if not claims.still_owns(message):
        raise LeaseLost(str(message.id))
    sender = settings.sender_for(server)
    data = _bytes(settings, sender, message, written)
    started = time.monotonic()
    envelope = Envelope(sender, message.to)
    handover = connections.hand_over(server, current_config(), message.owner, envelope, data)
    ms = _milliseconds(started)
    trouble = handover.trouble
    return Answer(
        replies.judge(trouble) if trouble else replies.ACCEPTED,
        trouble.stage if trouble else Stage.MESSAGE,
        ms,
        trouble.reply if trouble else handover.reply,
        trouble,
        handover.around,
        tls=handover.tls,
        certificate=handover.certificate,
        server_was_well=was_well,
        offer=handover.offer,
    )


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


def _wait(message: Claimed, pause: timedelta | None = None) -> None:
    """Put the message back, uncharged: no server may be asked now."""
    due_at = clock.now() + pause if pause else endings.retry_at(0)
    ending = endings.put_back(due_at, "waiting", message.rounds, message.wanted)
    with transaction.writing() as connection:
        endings.close(connection, message, ending)


def _cancel(message: Claimed) -> None:
    """End a message that has lost its point."""
    with transaction.writing() as connection:
        endings.close(connection, message, endings.finished(OutboxState.CANCELLED, "pointless"))


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
