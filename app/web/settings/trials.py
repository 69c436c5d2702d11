"""A trial of the webhook in words: what the receiver answered, or why nobody did."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask_babel import LazyString

from app.core.turns import Turns
from app.i18n import formats
from app.i18n.text import _, _l
from app.mail.alerts.webhook import Answer
from app.web.forms.site_form import SettingsForm

# Longer than a receiver may take.
TURNS: Final = Turns("webhook-test", 5, timedelta(seconds=45))
_FIELDS: Final = ("webhook_url", "webhook_secret")
_NOBODY: Final = _l(
    "Nobody answered at this address. Check its spelling, and whether the receiver is running and "
    "can be reached from this machine."
)
_WHY: Final = {
    "Forbidden": _l("Whoever runs this installation does not allow connections to this address."),
    "NameUnknown": _l("There is no machine with this name. Check the spelling of the address."),
    "NotAHost": _l("There is no machine with this name. Check the spelling of the address."),
    "NameTemporarilyUnknown": _l(
        "The name service does not answer just now. Try again in a few minutes."
    ),
    "TimeoutError": _l("The receiver took too long. Try again, or ask whoever runs it."),
    "SSLCertVerificationError": _l(
        "The certificate of the receiver cannot be trusted, so nothing was sent."
    ),
    "ConnectionRefusedError": _l(
        "The machine is there, but nobody listens at this port. Is the receiver running?"
    ),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """How a trial ended: a colour, a sentence for people, and the raw words."""

    kind: str
    title: object
    text: object
    raw: str = ""


def faults(form: SettingsForm) -> bool:
    """Ask the rules about the receiver; forgive the rest. Tell whether anything is wrong."""
    form.validate()
    url = form.webhook_url
    if not (url.data or url.locked or url.errors):
        url.errors = [_("The test needs this address.")]
    for field in form:
        if field.name not in _FIELDS:
            field.errors = []
    return bool(form.form_errors) or any(form[name].errors for name in _FIELDS)


def answered(answer: Answer) -> Tried:
    """Say what came back."""
    if answer.is_yes:
        said = _(
            "The receiver took the test message. Press “Confirm” to store what is in the form."
        )
        return Tried("ok", _("The webhook works"), said, str(answer))
    if answer.status:
        said = _("The receiver answered, but did not take the message. Ask whoever runs it.")
        return Tried("bad", _("The webhook does not work"), said, str(answer))
    why: LazyString = _WHY.get(answer.trouble.partition(":")[0], _NOBODY)
    return Tried("bad", _("The webhook does not work"), why, answer.trouble)


def too_often(wait: timedelta) -> Tried:
    """Say when the next trial may be."""
    said = _(
        "A test is running, or there were several just now. Try again in %(wait)s.",
        wait=formats.duration(max(wait, timedelta(seconds=1))),
    )
    return Tried("warn", _("Please wait a little"), said)
