"""The words of the outbox: kinds, states, servers, what a server made of a mail."""

from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString
from markupsafe import Markup

from app.accounts import activation, registration, users
from app.i18n import locales
from app.i18n.text import _l
from app.mail.models import OutboxState, Role
from app.mail.queries import Situation
from app.mail.replies import Outcome
from app.web import account_words, mail_now, second_factor_words
from app.web.markup import code, person


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with its colour and its sign."""

    kind: str
    icon: str
    text: LazyString


KINDS: Final = {
    registration.ACTIVATION: _l("Activation link"),
    registration.ALREADY_REGISTERED: _l("Note that there is an account already"),
    registration.INVITATION: _l("Invitation"),
    activation.OPENED_BY_HAND: _l("Note that the account is open"),
    users.RECOVERY: _l("Link to a new password"),
    users.PASSWORD_CHANGED: _l("Note that the password was changed"),
    **second_factor_words.KINDS,
    **account_words.MAILS,
}
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
    Outcome.SERVER_CONFIG: _l("The server cannot be used with the present settings."),
    Outcome.SERVER_POLICY: _l("The server does not allow this mail."),
    Outcome.SERVER_BUSY: _l("The server is too busy for this mail just now."),
    Outcome.MESSAGE: _l("The server refused this mail for good."),
    Outcome.RECIPIENT: _l("The server refused the recipient for good."),
    Outcome.RECIPIENT_TEMPORARY: _l("The mailbox of the recipient cannot take mail just now."),
    Outcome.UNKNOWN: _l("Nobody knows whether the server took the mail."),
}


def kind_word(kind: str) -> str | Markup:
    """What a mail is for; a kind of another version keeps its name."""
    return str(KINDS[kind]) if kind in KINDS else code(kind)


def kind_plain(kind: str) -> str:
    """What a mail is for, where no markup is possible."""
    return str(KINDS[kind]) if kind in KINDS else kind


def mark(state: str, tries: int) -> Mark:
    """How a mail stands."""
    known = OutboxState(state)
    if known is OutboxState.QUEUED:
        return HELD if is_held() else AGAIN if tries else MARKS[known]
    return MARKS[known]


def is_held() -> bool:
    """Whether mail waits because SMTP is switched off."""
    return mail_now.overview().situation is Situation.OFF


def language_name(language: str) -> Markup:
    """A language by its own name."""
    return person(locales.get(language).name)
