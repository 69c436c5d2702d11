"""Claim, deliver, repeat; give the rest back when told to stop."""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from app.core import clock, transaction
from app.extensions import db
from app.mail.alerts import alerts, notices
from app.mail.delivery import delivery, lease, lookout, probing
from app.mail.delivery.records import LeaseLost, VerdictLost
from app.mail.delivery.view import View
from app.mail.engine import engine
from app.mail.message import NoMailbox
from app.mail.models import OutboxState
from app.mail.outbox import claims, endings, outbox, owners
from app.mail.servers import connections
from app.mail.status import totals

logger = logging.getLogger("peyk.worker")

TURN = 20.0
AFTER_A_FAULT = timedelta(seconds=30)
_turns = itertools.count(1)
MoreComes = Callable[[threading.Event], bool]


def take_turn(stopping: threading.Event) -> datetime | None:
    """Do what `drain` does, and wait a moment for more; no turn is needed where another waits."""
    return None if lookout.is_kept() else drain(stopping, lookout.more_comes)


def drain(
    stopping: threading.Event, more_comes: MoreComes = lookout.more_is_here
) -> datetime | None:
    """Deliver what is due, for a turn of at most 20 s; return when to look again.

    Whoever has delivered something asks `more_comes` whether to stay.
    """
    view = View()
    _probe_due(view)
    if view.may_send():
        _work_through(stopping, view, more_comes)
    else:
        claims.tidy(may_expire=bool(view.roles))
    if stopping.is_set():
        return None
    alerts.review(by_worker=True)
    notices.send_due(stopping)
    return _next_look(view)


def _probe_due(view: View) -> None:
    """Try the servers whose rest is over, before any mail is given to another one."""
    moment = view.standing().first_probe
    if moment is not None and moment <= clock.now():
        probing.probe_due(view.roles)
        view.look_again()


def _work_through(stopping: threading.Event, view: View, more_comes: MoreComes) -> None:
    """Claim and deliver until nothing is due, nothing may be sent, or the turn is over."""
    owner = f"{owners.own_name()}/{next(_turns)}"
    ends = time.monotonic() + TURN
    with (
        lease.kept(owner),
        transaction.over_one_connection(),
        connections.kept_for_a_turn(),
        totals.kept_for_a_turn(),
    ):
        has_mail = False
        while not stopping.is_set() and time.monotonic() < ends and view.may_send():
            batch = claims.claim(owner)
            has_mail = has_mail or bool(batch)
            if len(batch) == claims.BATCH:
                engine.wake()  # there may be more than one worker can do
            for message in batch:
                if stopping.is_set():
                    claims.give_back(owner)
                    break
                _deliver(message, view)
            if len(batch) < claims.BATCH and not (has_mail and more_comes(stopping)):
                break


def _deliver(message: claims.Claimed, view: View) -> None:
    """Deliver one message; one of the two outermost loops, so nothing gets past it."""
    try:
        _deliver_over_what_connects(message, view)
    except LeaseLost:
        db.session.rollback()
        logger.warning("lease lost", extra={"fields": {"outbox": message.id}})
    except NoMailbox:
        db.session.rollback()
        logger.warning("no mailbox", extra={"fields": {"outbox": message.id}})
        _give_up(message)
    except VerdictLost:
        raise
    except Exception:
        db.session.rollback()
        logger.exception("delivery broke", extra={"fields": {"outbox": message.id}})
        _put_aside(message)


def _deliver_over_what_connects(message: claims.Claimed, view: View) -> None:
    """Deliver one message, though the connection that is kept to the database may have died.

    Its first use notices that, before a server has taken the message, and the next one connects.
    """
    try:
        delivery.deliver(message, view)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        db.session.rollback()
        delivery.deliver(message, view)


def _give_up(message: claims.Claimed) -> None:
    """End a message to an address that no server can be told, however often one tries."""
    with transaction.writing() as connection:
        endings.close(connection, message, endings.finished(OutboxState.FAILED, endings.NO_MAILBOX))


def _put_aside(message: claims.Claimed) -> None:
    """Keep a message that our own fault stopped; it comes back later, and counts as a round."""
    rounds = message.rounds + 1
    due = max(endings.retry_at(rounds), clock.now() + AFTER_A_FAULT)
    with transaction.writing() as connection:
        endings.close(connection, message, endings.put_back(due, "fault", rounds, message.wanted))


def _next_look(view: View) -> datetime | None:
    standing = view.standing()
    moments = (outbox.next_due() if standing.usable else None, standing.first_probe)
    db.session.commit()
    return min((moment for moment in moments if moment), default=None)
