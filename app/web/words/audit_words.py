"""What was written down, in words: every event, its area, and who did it."""

from typing import Final

from flask_babel import LazyString
from markupsafe import Markup

from app.core.audit import AuditEntry
from app.i18n.text import _, _l
from app.web.drawing.markup import code, fill, ltr
from app.web.words import account_words, second_factor_words

EVENTS: Final = {
    "settings.changed": _l("System settings changed"),
    "smtp_settings.changed": _l("SMTP settings changed"),
    "mail_alert.opened": _l("Mail trouble began"),
    "mail_alert.closed": _l("Mail trouble ended"),
    "outbox.retried": _l("Mails tried again"),
    "outbox.cancelled": _l("Mails cancelled"),
    "outbox.settled": _l("Mails marked as sent"),
    "outbox.resent": _l("Fresh mails sent"),
    "outbox.purged": _l("Old mail deleted"),
    "outbox.exported": _l("Outbox downloaded as a table"),
    "registration.requested": _l("A registration began"),
    "registration.resent": _l("Activation mail requested again"),
    "registration.address_corrected": _l("Address of a registration corrected"),
    "registration.found_again": _l("Returned to own registration"),
    "registration.disowned": _l("Registration disowned by the owner of the address"),
    "registration.deleted": _l("Pending registration deleted"),
    "registration.purged": _l("Old registrations deleted"),
    "invitation.sent": _l("Invitation sent"),
    "account.activated": _l("Account opened"),
    "user.admin_created": _l("Made an administrator on the console"),
    "user.promoted": _l("Made an administrator"),
    "user.demoted": _l("No longer an administrator"),
    "user.disabled": _l("Account disabled"),
    "user.enabled": _l("Account enabled"),
    "user.password_set": _l("Password set on the console"),
    "user.password_recovered": _l("New password chosen with a link"),
    "user.recovery_requested": _l("Password reset link requested"),
    "user.recovery_started": _l("Password reset link sent by an administrator"),
    "user.language_changed": _l("Language of an account changed"),
    "user.exported": _l("List of users downloaded as a table"),
    "registration.exported": _l("List of pending registrations downloaded as a table"),
    "session.opened": _l("Signed in"),
    "session.refused": _l("A sign-in was refused"),
    "session.longer_password_wanted": _l("A longer password was required at the sign-in"),
    "user.signed_out": _l("Signed out everywhere"),
    "user.session_ended": _l("One session ended"),
    "audit.shortened": _l("Old entries about visitors deleted"),
    "audit.exported": _l("Audit log downloaded as a table"),
    "demo.seeded": _l("Demo data made"),
    **account_words.EVENTS,
    **second_factor_words.EVENTS,
}
_OF_SESSIONS: Final = ("session.", "second_factor.", "user.signed_out", "user.session_")
# Areas by the beginnings of the names of their events, with their pictures; the first that fits.
AREAS: Final = {
    "settings": (_l("Settings"), "sliders", ("settings.", "smtp_settings.")),
    "mail": (_l("State of mail"), "alert", ("mail_alert.",)),
    "outbox": (_l("Outbox"), "outbox", ("outbox.",)),
    "registration": (_l("Registration and invitation"), "user", ("registration.", "invitation.")),
    "session": (_l("Signing in and out"), "key", _OF_SESSIONS),
    "account": (_l("User accounts"), "users", ("user.", "account.")),
    "other": (_l("Other"), "log", ("",)),
}
ACTORS: Final = {
    "console": _l("The console"),
    "system": _l("The system"),
    "visitor": _l("A visitor"),
}


def event_plain(event: str) -> str:
    """What happened, where no markup is possible; an event of another version keeps its name."""
    return str(EVENTS[event]) if event in EVENTS else event


def event_word(entry: AuditEntry) -> str | Markup:
    """What happened."""
    return str(EVENTS[entry.event]) if entry.event in EVENTS else code(entry.event)


def actor_word(entry: AuditEntry) -> Markup:
    """Who did it, and from where."""
    who = fill(ACTORS[entry.actor]) if entry.actor in ACTORS else ltr(entry.actor)
    return fill(_("%(who)s, from %(ip)s"), who=who, ip=ltr(entry.ip)) if entry.ip else who


def area_of(event: str) -> str:
    """The area to which an event belongs."""
    return next(name for name, (_title, _icon, starts) in AREAS.items() if event.startswith(starts))


def icon_of(event: str) -> str:
    """The picture of the area of an event."""
    return AREAS[area_of(event)][1]


def events_of(area: str) -> tuple[str, ...]:
    """The known events of an area."""
    return tuple(event for event in EVENTS if area_of(event) == area)


def titles() -> dict[str, LazyString]:
    """The areas that have events, by name."""
    return {name: title for name, (title, _icon, _starts) in AREAS.items()}
