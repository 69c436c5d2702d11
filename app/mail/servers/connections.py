"""Which servers may be used, sessions with them, and the sessions that are kept for more mail.

A handshake with sign-in costs about five times what a message costs, so each worker thread keeps
one session per server for the length of its turn, and gives it up before the server does: after
100 messages, or as few as the server announces (RFC 9422), or 45 s of rest. A kept session that
turns out to be dead before the envelope was taken is nobody's failure: a fresh one is tried once.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from app.config import Config
from app.core.errors import PeykError
from app.mail.diagnosis.circumstances import Circumstances, around
from app.mail.models import Role
from app.mail.server_settings import MailSettings, ServerSettings
from app.mail.servers import throttle
from app.mail.smtp import address_policy
from app.mail.smtp.network import Network
from app.mail.smtp.offers import Offer
from app.mail.smtp.session import Endpoint, Limits, SmtpSession
from app.mail.smtp.trouble import Cause, ConversationFailed, Stage, Trouble
from app.mail.smtp.wire import Reply

DELIVERY = Limits()
MAX_MESSAGES = 100
MAX_REST = 45.0
ASK_AFTER = 10.0
_ANNOUNCED = re.compile(r"\bMAILMAX=([1-9]\d{0,5})\b", re.IGNORECASE)
_DEAD = (Cause.CLOSED, Cause.RESET, Cause.TIMEOUT, Cause.UNREACHABLE)


class NoConnectionFree(PeykError):
    """As many workers talk to the server as its settings allow."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The two addresses of the conversation, not the headers that a reader sees."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Handover:
    """How it went to hand one message to one server: a reply that accepts it, or trouble."""

    reply: Reply | None = None
    trouble: Trouble | None = None
    around: Circumstances | None = None
    tls: str = ""
    certificate: str = ""
    reused: bool = False
    # What a server offered in a conversation that was begun for this mail, once it took it.
    offer: Offer | None = None


@dataclass(slots=True)
class _Kept:
    session: SmtpSession
    used: int = 0
    rests_since: float = field(default_factory=time.monotonic)

    @property
    def is_spent(self) -> bool:
        rest = time.monotonic() - self.rests_since
        return self.used >= self._most_messages or rest > MAX_REST

    @property
    def _most_messages(self) -> int:
        """Return how many messages this session may carry, by our count or by the server's."""
        announced = _ANNOUNCED.search(self.session.extensions.get("LIMITS", ""))
        return min(MAX_MESSAGES, int(announced[1])) if announced else MAX_MESSAGES

    @property
    def is_fit(self) -> bool:
        rest = time.monotonic() - self.rests_since
        return not self.is_spent and (rest < ASK_AFTER or self.session.is_alive())


class _Own(threading.local):
    """The sessions of one thread."""

    def __init__(self) -> None:
        self.kept: dict[Role, _Kept] = {}
        self.slots: dict[Role, tuple[int, str]] = {}


_own = _Own()


def active_roles(settings: MailSettings) -> list[Role]:
    """Return the servers that may be used at all, the primary first; none when mail is off."""
    if not settings.smtp_active or not settings.sender_address:
        return []
    return [server.role for server in settings.servers if server.active and server.host]


def session_with(
    server: ServerSettings,
    config: Config,
    limits: Limits | None = None,
    network: Network | None = None,
) -> SmtpSession:
    """Return a session, not yet connected: the one that tests and the one that delivers."""
    limits = limits or DELIVERY
    network = network or network_of(config)
    resolver = partial(network.resolve, seconds=limits.resolve)
    return SmtpSession(_endpoint(server, config), resolver, limits, network.connect)


def network_of(config: Config) -> Network:
    """Return the way out as the operator allows it."""
    return Network(address_policy.policy_of(config))


def hand_over(
    server: ServerSettings, config: Config, owner: str, envelope: Envelope, data: bytes
) -> Handover:
    """Give one message to one server, over a kept session where there is one that is fit.

    Raises `NoConnectionFree` when `owner` would be one too many.
    """
    kept = _take(server.role, _endpoint(server, config))
    if kept is not None:
        handover = _try(server, config, kept, envelope, data)
        if not _was_stale(handover.trouble):
            return handover
    _take_slot(server, owner)
    fresh = _Kept(session_with(server, config))
    return _try(server, config, fresh, envelope, data)


@contextmanager
def kept_for_a_turn() -> Iterator[None]:
    """Keep sessions for as long as the block lasts, then hang up."""
    try:
        yield
    finally:
        close_all()


def close_all() -> None:
    """Hang up everything this thread keeps, at the end of its turn."""
    while _own.kept:
        _own.kept.popitem()[1].session.close()
    while _own.slots:
        role, (number, owner) = _own.slots.popitem()
        throttle.free_slot(role, number, owner)


def _take_slot(server: ServerSettings, owner: str) -> None:
    """Take a connection for this turn, unless this thread has one already."""
    if server.role in _own.slots:
        return
    number = throttle.take_slot(server, owner)
    if number is None:
        raise NoConnectionFree(server.role)
    _own.slots[server.role] = (number, owner)


def _try(
    server: ServerSettings, config: Config, kept: _Kept, envelope: Envelope, data: bytes
) -> Handover:
    session, reused = kept.session, kept.used > 0
    reply: Reply | None
    trouble: Trouble | None
    try:
        if not reused:
            session.open()
        reply = session.send(envelope.sender, envelope.recipient, data)
    except ConversationFailed as error:
        reply, trouble = None, error.trouble
        fit = trouble.stage in _ENVELOPE_STAGES and not _hangs_up(error) and session.recover()
    else:
        trouble, fit = None, True
    handover = Handover(
        reply,
        trouble,
        around(server, config, envelope.sender, session) if trouble else None,
        tls=str(session.tls or ""),
        certificate=session.tls.certificate if session.tls else "",
        reused=reused,
        offer=None if reused or trouble else session.offer,
    )
    if fit:
        _own.kept[server.role] = _Kept(session, kept.used + 1)
    else:
        session.close()
    return handover


_ENVELOPE_STAGES = (Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE)


def _hangs_up(error: ConversationFailed) -> bool:
    reply = error.trouble.reply
    return reply is None or reply.code == 421


def _was_stale(trouble: Trouble | None) -> bool:
    """Tell whether a kept session had died, or was dismissed, before the server took anything."""
    if trouble is None or trouble.stage is not Stage.SENDER:
        return False
    return trouble.cause in _DEAD or (trouble.reply is not None and trouble.reply.code == 421)


def _take(role: Role, endpoint: Endpoint) -> _Kept | None:
    """Take the kept session, unless it is spent, dead, or leads to what was configured before."""
    kept = _own.kept.pop(role, None)
    if kept is None:
        return None
    if kept.session.endpoint == endpoint and kept.is_fit:
        return kept
    kept.session.close()
    return None


def _endpoint(server: ServerSettings, config: Config) -> Endpoint:
    return Endpoint(
        host=server.host,
        port=server.port,
        encryption=server.encryption,
        ehlo_name=config.ehlo_name,
        username=server.username,
        password=server.password.reveal() if server.password else "",
        requires_auth=server.requires_auth,
        ca_file=config.smtp_ca_file,
        certificate_name=server.certificate_name,
        trusted_certificate=server.trusted_certificate,
        offered=server.offered_here,
    )
