"""The words of people: roles, states, mails, and what was written down about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from markupsafe import Markup, escape

from app.accounts.models import PendingRegistration, User, UserRole, UserState
from app.core import clock
from app.i18n import formats
from app.i18n.text import _, _l
from app.mail.log.recipients import Fate
from app.mail.models import OutboxMessage, OutboxState
from app.web.drawing.markup import language
from app.web.drawing.pieces import Mark
from app.web.words import audit_words, mail_kinds

ROLES: Final = {UserRole.ADMIN: _l("Administrator"), UserRole.USER: _l("User")}
STATES: Final = {
    UserState.ACTIVE: Mark("ok", "check", _l("Active")),
    UserState.DISABLED: Mark("bad", "pause", _l("Disabled")),
}
FATES: Final = {
    Fate.WAITING: _l("Waits for its mail"),
    Fate.ACCEPTED: _l("Mail accepted"),
    Fate.FAILED: _l("Mail failed"),
}
_ON_THE_WAY = Mark("warn", "clock", _l("Mail waits"))
_MAIL_MARKS: Final = {
    OutboxState.SENT: Mark("ok", "check", _l("Mail accepted")),
    OutboxState.FAILED: Mark("bad", "cross", _l("Mail failed")),
    OutboxState.EXPIRED: Mark("bad", "cross", _l("Mail failed")),
    OutboxState.CANCELLED: Mark("idle", "minus", _l("Mail cancelled")),
}
NO_MAIL: Final = Mark("idle", "minus", _l("No mail"))


def mail_mark(message: OutboxMessage | None) -> Mark:
    """How a mail stands."""
    if message is None:
        return NO_MAIL
    return _MAIL_MARKS.get(OutboxState(message.state), _ON_THE_WAY)


def came_word(pending: PendingRegistration) -> str:
    """How somebody came who waits."""
    if pending.invited:
        return str(_("Invited"))
    return str(_("Has an account already") if pending.user_id else _("Registered"))


def state_mark(user: User) -> Mark:
    """Whether somebody may sign in."""
    return STATES[UserState(user.state)]


def role_word(user: User) -> str:
    """What somebody may do."""
    return str(ROLES[UserRole(user.role)])


def seen_tags() -> Callable[[datetime], Markup]:
    """Return what writes how long ago somebody was here, in less than elsewhere: for long lists."""
    teller = formats.Teller(clock.now())

    def tag(at: datetime) -> Markup:
        exact, shown = at.isoformat(timespec="seconds"), escape(teller.ago(at))
        return Markup(f'<time datetime="{exact}">{shown}</time>')  # noqa: S704  # escaped above

    return tag


FOR_TEMPLATES: Final = {
    "came_word": came_word,
    "actor_word": audit_words.actor_word,
    "event_icon": audit_words.icon_of,
    "event_word": audit_words.event_word,
    "language": language,
    "kind_word": mail_kinds.kind_word,
    "mail_mark": mail_mark,
    "role_word": role_word,
    "state_mark": state_mark,
}
