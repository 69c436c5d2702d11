"""Where one message stands now and what comes next, in whole sentences."""

from typing import Final

from flask_babel import LazyString
from markupsafe import Markup

from app.i18n.text import _, _l
from app.mail.log.story import Story
from app.mail.models import OutboxMessage, OutboxState, Role
from app.mail.outbox.abandoned import CRASH_LOOP
from app.mail.outbox.endings import NO_MAILBOX
from app.web.drawing.markup import fill
from app.web.drawing.times import moment
from app.web.outbox.words import SERVERS, is_held

_WAITS: Final = {
    "": _l("It is sent as soon as its turn comes; planned for %(time)s."),
    "waiting": _l("No server could be asked. The next try is planned for %(time)s."),
    "fault": _l("A fault of this system stopped it. The next try is planned for %(time)s."),
}
_NEXT_TRY = _l("The next try is planned for %(time)s.")
_FAILED: Final = {
    "recipient": _l("The recipient was refused for good, so it is not tried again by itself."),
    "message": _l("The mail was refused for good, so it is not tried again by itself."),
    "unknown": _l(
        "The server got it twice and never confirmed it. It may have arrived; a third copy would "
        "help nobody."
    ),
    CRASH_LOOP: _l(
        "The sending process stopped again and again at this mail, so it was set aside."
    ),
    NO_MAILBOX: _l("No mail can be sent to this address: it is not a valid one."),
}
_GIVEN_UP = _l("It was given up and is not tried again by itself.")
_CANCELLED: Final = {
    "by_hand": _l("It was cancelled by hand; nobody gets it."),
    "pointless": _l("It was no longer needed when its turn came, so nobody got it."),
}
_REPLACED = _l("It was not needed any more, or a newer mail has taken its place.")
_IN_HAND = _l("It is being sent right now.")
_TOO_LATE = _l("No server took it in the time it had; the attempts say why.")
_ACCEPTED = _l("%(server)s accepted it: %(time)s.")
_NO_PROOF = _l("From there on it is in the hands of other mail servers, which report nothing here.")
_TAKEN_AS_SENT = _l("It counts as sent, because an administrator decided so: %(time)s.")
_UNKNOWN = _l(
    "%(server)s got it, but the connection broke before the server confirmed it. It may have "
    "arrived."
)
_THEN_AGAIN = _l(
    "If nobody decides before, it is sent once more through the same server at %(time)s, and may "
    "then arrive twice."
)


def now_lines(told: Story) -> list[Markup]:
    """Say how a message stands and what comes next."""
    message = told.message
    state = OutboxState(message.state)
    if state is OutboxState.QUEUED:
        return _waiting(message, len(told.attempts))
    if state is OutboxState.UNKNOWN:
        again = fill(_THEN_AGAIN, time=moment(message.due_at, "medium"))
        return [fill(_UNKNOWN, server=_server(message.unknown_server)), again]
    if state is OutboxState.SENT:
        return _sent(message)
    return [fill(_ended(state, message.last_outcome))]


def _ended(state: OutboxState, outcome: str) -> object:
    if state is OutboxState.FAILED:
        return _FAILED.get(outcome, _GIVEN_UP)
    if state is OutboxState.CANCELLED:
        return _CANCELLED.get(outcome, _REPLACED)
    return _IN_HAND if state is OutboxState.SENDING else _TOO_LATE


def _waiting(message: OutboxMessage, tries: int) -> list[Markup]:
    if is_held():
        return [fill(_("SMTP is switched off. It is sent by itself when SMTP is switched on."))]
    sentence: LazyString = _WAITS.get("" if not tries else message.last_outcome, _NEXT_TRY)
    if not tries and message.last_outcome in _WAITS:
        sentence = _WAITS[message.last_outcome]
    lines = [fill(sentence, time=moment(message.due_at, "medium"))]
    until = _("If no server takes it until %(time)s, it is given up.")
    return [*lines, fill(until, time=moment(message.expires_at, "medium"))]


def _sent(message: OutboxMessage) -> list[Markup]:
    at = moment(message.finished_at or message.created_at, "medium")
    if message.last_outcome == "by_hand":
        return [fill(_TAKEN_AS_SENT, time=at)]
    return [fill(_ACCEPTED, server=_server(message.sent_by), time=at), fill(_NO_PROOF)]


def _server(role: str | None) -> str:
    return str(SERVERS[Role(role)]) if role else _("A server")
