"""The state of both servers in words: who carries the load, what went well, what failed and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import url_for
from flask_babel import LazyString
from markupsafe import Markup

from app.i18n.text import _, _l, _p
from app.mail.diagnosis.diagnosis import Diagnosis
from app.mail.models import Role
from app.mail.server_settings import ServerSettings
from app.mail.servers.breaker import State
from app.mail.servers.conditions import Condition, Test
from app.mail.servers.connections import active_roles
from app.mail.status.glance import Glance
from app.web.dashboard.pills import Pill
from app.web.drawing.markup import fill, ltr
from app.web.drawing.times import moment
from app.web.mail_state.mail_situation import server_words
from app.web.words.remedy_words import explained, fill_markup, holes

NAMES: Final = {Role.PRIMARY: _l("Primary SMTP"), Role.SECONDARY: _l("Secondary SMTP")}
_UNKNOWN = "…"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card: what it is about, what is so, and what the server said about it."""

    name: str
    said: object
    words: Markup | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One server."""

    role: str
    name: LazyString
    place: Markup | None
    pill: Pill
    carries: bool
    facts: tuple[Fact, ...]
    url: str


def read(glance: Glance) -> tuple[Card, ...]:
    """The cards of both servers, the primary first."""
    carrier = _carrier(glance)
    return tuple(_card(glance, server, carrier) for server in glance.settings.servers)


def advice_for(glance: Glance, role: Role) -> Markup | None:
    """What helps against the last failure of a server, as far as that can be said from here."""
    cause = glance.conditions[role].last_failure
    if cause is None:
        return None
    server = glance.settings.server(role)
    known = holes(server, glance.settings.sender_for(server), **cause.details)
    advice = fill_markup(cause.remedy.advice, **known)
    if not advice or _UNKNOWN in advice:
        return None
    return fill(_("What helps: %(advice)s"), advice=advice)


def _carrier(glance: Glance) -> Role | None:
    """Who is asked first now."""
    roles = active_roles(glance.settings)
    return next((role for role in roles if not glance.is_resting(role)), None)


def _card(glance: Glance, server: ServerSettings, carrier: Role | None) -> Card:
    condition = glance.conditions[server.role]
    facts = _facts(glance, server, condition) if server.is_saved else ()
    return Card(
        role=server.role.value,
        name=NAMES[server.role],
        place=ltr(f"{server.host}:{server.port}") if server.is_saved else None,
        pill=_pill(glance, server, condition, carrier),
        carries=carrier is server.role,
        facts=tuple(facts),
        url=url_for("smtp_settings.edit", _anchor=server.role.value),
    )


def _pill(
    glance: Glance, server: ServerSettings, condition: Condition, carrier: Role | None
) -> Pill:
    if not server.is_saved:
        return Pill("idle", "minus", _("Not set up"))
    if server.role not in active_roles(glance.settings):
        return Pill("idle", "pause", _p("server", "Inactive"))
    if glance.is_resting(server.role):
        return Pill("bad", "cross", _("Not working"))
    if carrier is server.role:
        if condition.is_failing:
            return Pill("warn", "alert", _("Sends the mail, with failures"))
        return Pill("ok", "check", _("Sends the mail now"))
    return Pill("ok", "standby", _("Ready to take over"))


def _facts(glance: Glance, server: ServerSettings, condition: Condition) -> Iterator[Fact]:
    health = condition.health
    sender = glance.settings.sender_for(server)
    success = moment(health.last_success_at) if health.last_success_at else _("None yet")
    yield Fact(_("Last mail accepted"), success)
    if health.last_failure_at:
        when = moment(health.last_failure_at)
        said = _with_cause(when, condition.last_failure, server, sender)
        yield Fact(_("Last failure"), said, server_words(health.last_failure_reply))
    else:
        yield Fact(_("Last failure"), _("None yet"))
    yield Fact(_("Circuit breaker"), _breaker(condition))
    yield Fact(_("Last test"), _test(condition, server, sender))


def _breaker(condition: Condition) -> object:
    health = condition.health
    if health.state is State.CLOSED:
        return _("Closed: mail is given to this server.")
    if health.state is State.HALF_OPEN or health.open_until is None:
        return _("Open: the pause is over; this server is tried again next.")
    sentence = _("Open: this server is left alone until %(time)s; then it is tried again.")
    return fill(sentence, time=moment(health.open_until, "time"))


def _test(condition: Condition, server: ServerSettings, sender: str) -> object:
    if condition.tested_at is None or condition.test in (Test.UNSAVED, Test.NONE_SINCE_CHANGE):
        return _("Not tested since the last change")
    when = moment(condition.tested_at)
    if condition.test is Test.PASSED:
        return fill(_("Passed, %(time)s"), time=when)
    failed = fill(_("Failed, %(time)s"), time=when)
    return _with_cause(failed, condition.test_diagnosis, server, sender)


def _with_cause(
    when: Markup, cause: Diagnosis | None, server: ServerSettings, sender: str
) -> Markup:
    """A time and, where it is known, the plain cause after it."""
    if cause is None:
        return when
    return Markup("{} · {}").format(when, explained(cause, server, sender))
