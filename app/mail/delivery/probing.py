"""Try the servers whose pause is over, without a message and beside the mail.

A server that answers is back within moments, so it is waited for that long: the very next mail
goes to it again. One that stays silent is left to a thread of its own: no mail waits for its
timeouts.
"""

import logging
import threading
from collections.abc import Sequence

from flask import Flask

from app.config import current_config
from app.core import transaction
from app.extensions import db
from app.here import application
from app.mail.diagnosis import replies
from app.mail.diagnosis.circumstances import around
from app.mail.engine import engine
from app.mail.models import Role
from app.mail.servers import breaker, connections, servers
from app.mail.servers.breaker import State
from app.mail.smtp.trouble import ConversationFailed

logger = logging.getLogger("peyk.worker")

# In seconds.
PATIENCE = 2.0


def probe_due(roles: Sequence[Role]) -> None:
    """Begin the probes that are due and wait a moment for each; one worker gets each of them."""
    app = application()
    while role := breaker.take_probe(roles):
        probe = threading.Thread(target=_run, args=(app, role), name=f"probe {role}", daemon=True)
        probe.start()
        probe.join(PATIENCE)


def _run(app: Flask, role: Role) -> None:
    """Probe one server; an outermost deed of its thread, so nothing gets past it."""
    with app.app_context():
        try:
            state = _probe(role)
        except Exception:
            logger.exception("probe broke", extra={"fields": {"server": role}})
            return
        logger.info("probe", extra={"fields": {"server": role, "breaker": state}})
        if state is State.CLOSED:
            engine.wake()


def _probe(role: Role) -> State:
    settings, config = servers.current(), current_config()
    server = settings.server(role)
    db.session.commit()
    session = connections.session_with(server, config)
    try:
        with session:
            session.open()
    except ConversationFailed as error:
        trouble = error.trouble
        transaction.begin()
        seen = around(server, config, settings.sender_for(server), session)
        breaker.fail(role, replies.judge(trouble), trouble, seen)
    else:
        transaction.begin()
        breaker.succeed(role)
    db.session.commit()
    return breaker.health(role).state
