"""The words of the outbox: kinds, states, servers, what a server made of a mail."""

from typing import Final

from app.i18n.text import _l
from app.mail.diagnosis.replies import Outcome
from app.mail.models import OutboxState, Role
from app.mail.status.queries import Situation
from app.web.drawing.pieces import Mark
from app.web.mail_state import mail_now

MARKS: Final = {
    OutboxState.QUEUED: Mark("warn", "clock", _l("In the outbox")),
    OutboxState.SENDING: Mark("warn", "send", _l("Being sent")),
    OutboxState.SENT: Mark("ok", "check", _l("Accepted")),
    OutboxState.UNKNOWN: Mark("warn", "alert", _l("Outcome unknown")),
    OutboxState.FAILED: Mark("bad", "cross", _l("Failed")),
    OutboxState.EXPIRED: Mark("bad", "cross", _l("Time ran out")),
    OutboxState.CANCELLED: Mark("idle", "minus", _l("Cancelled")),
}
# i18n: of a mail that waits in the outbox because SMTP is switched off.
HELD: Final = Mark("idle", "pause", _l("Held"))
AGAIN: Final = Mark("warn", "repeat", _l("Waits for the next try"))
SERVERS: Final = {Role.PRIMARY: _l("Primary SMTP"), Role.SECONDARY: _l("Secondary SMTP")}
OUTCOMES: Final = {
    Outcome.ACCEPTED: _l("The server accepted the mail."),
    Outcome.SERVER: _l("The server could not take the mail."),
    Outcome.SERVER_CONFIG: _l("The server cannot be used with the current settings."),
    Outcome.SERVER_POLICY: _l("The server does not allow this mail."),
    Outcome.SERVER_BUSY: _l("The server is too busy for this mail just now."),
    Outcome.MESSAGE: _l("The server refused this mail for good."),
    Outcome.RECIPIENT: _l("The server refused the recipient for good."),
    Outcome.RECIPIENT_TEMPORARY: _l("The mailbox of the recipient cannot take mail just now."),
    Outcome.UNKNOWN: _l("Nobody knows whether the server took the mail."),
}


def mark(state: str, tries: int) -> Mark:
    """How a mail stands."""
    known = OutboxState(state)
    if known is OutboxState.QUEUED:
        return HELD if is_held() else AGAIN if tries else MARKS[known]
    return MARKS[known]


def is_held() -> bool:
    """Whether mail waits because SMTP is switched off."""
    return mail_now.overview().situation is Situation.OFF
