"""Alerts in the words of a page: what is so, since when, why, and the way to the mend."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request, url_for
from markupsafe import Markup, escape

from app.core import clock
from app.i18n.text import _
from app.mail.alerts import words as alert_words
from app.mail.alerts.conditions import Condition
from app.mail.alerts.records import Alert, Transition
from app.web.drawing.markup import fill
from app.web.drawing.times import moment
from app.web.mail_state.mail_situation import meaning, server_words
from app.web.navigation import has_page

_SETTINGS = "smtp_settings"
_OUTBOX = "outbox.index"


@dataclass(frozen=True, slots=True)
class Line:
    """One change in a list."""

    kind: str
    icon: str
    title: object
    at: datetime | None = None


_BAD = frozenset(
    {
        Condition.NOT_SET_UP,
        Condition.SWITCHED_OFF,
        Condition.NO_ACTIVE_SERVER,
        Condition.BOTH_DOWN,
        Condition.NO_WORKER,
    }
)


def change_line(change: Transition) -> Line:
    """A beginning or an end, as it is remembered."""
    alert = change.alert
    if not change.begins:
        return Line("ok", "check", alert_words.over(alert.condition, alert.role), at=change.at)
    return Line(_kind(alert), _icon(alert), title(alert), at=change.at)


def title(alert: Alert) -> str:
    """What is so."""
    return str(alert_words.begun(alert.condition, alert.role))


def since_line(since: datetime, *, again: bool = False) -> Markup:
    """Since when it is so, or since when mail works again."""
    if clock.now() - since < timedelta(minutes=1):
        return escape(_("Mail has just begun to work again.") if again else _("It has just begun."))
    sentence = _("Mail works again since %(time)s.") if again else _("Since %(time)s.")
    return fill(sentence, time=moment(since))


def cause_of(alert: Alert) -> Iterator[Markup]:
    """Why, in plain words, and what the server said."""
    cause = meaning(alert.stage, alert.cause, alert.words, alert.role)
    if cause is not None:
        yield fill(_("Last cause: %(cause)s"), cause=cause)
    if words := server_words(alert.words):
        yield words


def link_to_mend(condition: Condition) -> tuple[str, str]:
    """The way to the mend with its label; none when one is there, or when no page mends it."""
    if condition is Condition.OLDEST_TOO_OLD:
        return (url_for(_OUTBOX), _("Outbox")) if has_page(_OUTBOX) else ("", "")
    page = f"{_SETTINGS}.edit"
    if condition is Condition.NO_WORKER or request.blueprint == _SETTINGS or not has_page(page):
        return "", ""
    return url_for(page), _("SMTP settings")


def _kind(alert: Alert) -> str:
    return "bad" if alert.condition in _BAD else "warn"


def _icon(alert: Alert) -> str:
    standby = alert.condition is Condition.SECONDARY_CARRIES
    return "standby" if standby else "alert"
