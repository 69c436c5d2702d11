"""What an entry holds besides who and what: each thing with its label, before and after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import LazyString
from markupsafe import Markup, escape
from wtforms.fields.core import UnboundField

from app.core.audit import AuditEntry
from app.i18n import locales
from app.i18n.formats import format_datetime, listed, number
from app.i18n.text import _, _l, _p
from app.mail.models import Encryption, Role
from app.web.drawing.markup import code, fill, language, ltr, person
from app.web.forms.site_form import SettingsForm
from app.web.smtp.fields import ServerFields
from app.web.smtp.form import SmtpForm
from app.web.smtp.sections import SecondarySection, ServerSection

_LONGEST: Final = 300
_MOST: Final = 20
_SERVERS: Final = {Role.PRIMARY: _l("Primary SMTP"), Role.SECONDARY: _l("Secondary SMTP")}
_LABELS: Final = {
    "name": _l("Name"),
    "names": _l("Name of the system"),
    "messages": _l("Mails"),
    "asked_for": _l("Numbers of the mails"),
    "attempts": _l("Registrations"),
    # i18n: in the audit log: how many entries were deleted.
    "entries": _l("Entries"),
    # i18n: in the audit log: how often something was tried.
    "times": _l("Number of tries"),
    "until": _l("Last try"),
    "accounts": _l("Accounts tried"),
    # i18n: how an account was opened: by the link in the mail, by hand …
    "how": _l("How"),
    "email": _l("E-mail address"),
    "second_step": _l("Two-step sign-in"),
    "server": _l("Server"),
    "session": _l("Number of the session"),
    "registration": _l("Number of the registration"),
    "states": _l("States"),
    # i18n: which mails were deleted: those that had ended before this day.
    "before": _l("Ended before"),
    "offered": _l("What the server offered before"),
    "q": _l("Address or name"),
    "state": _l("State"),
    "kind": _l("Kind"),
    "role": _l("Role"),
    "from": _l("From day"),
    "to": _l("Until day"),
    # i18n: in the audit log: the person who did something.
    "who": _l("Who"),
    # i18n: in the audit log: the event itself.
    "what": _l("What"),
    # i18n: in the audit log, alone before a name: the person or thing that it happened to.
    "about": _l("About"),
}
# Where people are spoken of and not the system.
_OF_PEOPLE: Final = {"locale": _l("Language")}
_WORDS: Final = {
    # i18n: instead of a value that is not written down, such as a password.
    "changed": _l("changed"),
    # i18n: of what a server had offered.
    "forgotten": _l("forgotten"),
    "link": _l("by the link in the mail"),
    "invitation": _l("by an invitation"),
    "by hand": _l("by hand"),
    Role.PRIMARY: _SERVERS[Role.PRIMARY],
    Role.SECONDARY: _SERVERS[Role.SECONDARY],
}
_ENCRYPTIONS: Final = {
    Encryption.NONE: _l("No encryption"),
    Encryption.STARTTLS: "STARTTLS",
    Encryption.TLS: "SSL/TLS",
}


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing: its label, and its value; `before` where it had another one."""

    label: str | Markup
    value: Markup
    before: Markup | None = None


def of(entry: AuditEntry) -> list[Detail]:
    """Return what the entry holds, in words."""
    own = _OF_PEOPLE if entry.event.startswith("user.") else {}
    return list(_details(entry.details, own))


def _details(details: Mapping[str, Any], own: Mapping[str, object]) -> Iterator[Detail]:
    for name, value in list(details.items())[:_MOST]:
        called = str(own[name]) if name in own else label(name)
        if isinstance(value, Mapping) and set(value) == {"from", "to"}:
            yield Detail(called, _shown(name, value["to"]), _shown(name, value["from"]))
        else:
            yield Detail(called, _shown(name, value))


def label(name: str) -> str | Markup:
    """Return what a thing is called on the page where it is set."""
    role, _dot, field = name.rpartition(".")
    found = _label(field)
    if found is None:
        return code(name)
    if role in set(Role):
        sentence = _("%(server)s: %(field)s")
        return fill(sentence, server=str(_SERVERS[Role(role)]), field=str(found))
    return str(found)


def _label(field: str) -> LazyString | None:
    for form in (SettingsForm, SmtpForm, ServerFields, ServerSection, SecondarySection):
        unbound = getattr(form, field, None)
        if isinstance(unbound, UnboundField):
            found: LazyString = unbound.args[0]
            return found
    return _LABELS.get(field)


def _shown(name: str, value: object) -> Markup:
    field = name.rpartition(".")[2]
    if value is None or value in ("", [], {}):
        return escape(_("(empty)"))
    if isinstance(value, bool):
        return escape(_p("setting", "On") if value else _p("setting", "Off"))
    if isinstance(value, int):
        return ltr(value) if field in {"port", "session", "registration"} else escape(number(value))
    if isinstance(value, Mapping):
        return _names(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return listed(_cut(one) for one in value[:_MOST])
    return _text(field, str(value))


def _names(names: Mapping[str, object]) -> Markup:
    """Names by their languages."""
    parts = (
        fill("%(language)s: %(name)s", language=language(one), name=_cut(name))
        for one, name in names.items()
    )
    return Markup("<br>").join(parts)


def _text(field: str, text: str) -> Markup:
    if field == "until":
        return escape(format_datetime(datetime.fromisoformat(text), "short"))
    if field == "encryption" and text in set(Encryption):
        return escape(str(_ENCRYPTIONS[Encryption(text)]))
    if field == "locale" and text in locales.LOCALES:
        return escape(language(text))
    if text in _WORDS:
        return escape(str(_WORDS[text]))
    return ltr(_cut(text)) if text.isascii() else person(_cut(text))


def _cut(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
