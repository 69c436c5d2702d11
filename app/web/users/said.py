"""What is said after a deed: with how many it was done, and why not with the others."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from flask import flash

from app.accounts.people.done import Done, Why
from app.i18n.formats import number
from app.i18n.text import _, _l, _n

_DONE: Final[dict[str, Callable[[int, str], object]]] = {
    "disable": lambda num, shown: _n(
        "%(shown)s account was disabled.",
        "%(shown)s accounts were disabled.",
        num,
        shown=shown,
    ),
    "enable": lambda num, shown: _n(
        "%(shown)s account was enabled.",
        "%(shown)s accounts were enabled.",
        num,
        shown=shown,
    ),
    "sign-out": lambda num, shown: _n(
        "%(shown)s person was signed out everywhere.",
        "%(shown)s people were signed out everywhere.",
        num,
        shown=shown,
    ),
    "recover": lambda num, shown: _n(
        "A password reset link is sent to %(shown)s person.",
        "A password reset link is sent to each of %(shown)s people.",
        num,
        shown=shown,
    ),
    "promote": lambda num, shown: _n(
        "%(shown)s person is an administrator now.",
        "%(shown)s people are administrators now.",
        num,
        shown=shown,
    ),
    "demote": lambda num, shown: _n(
        "%(shown)s person is no longer an administrator.",
        "%(shown)s people are no longer administrators.",
        num,
        shown=shown,
    ),
    "activate": lambda num, shown: _n(
        "%(shown)s account is open now.",
        "%(shown)s accounts are open now.",
        num,
        shown=shown,
    ),
    "resend": lambda num, shown: _n(
        "A fresh mail is sent to %(shown)s person.",
        "A fresh mail is sent to each of %(shown)s people.",
        num,
        shown=shown,
    ),
    "delete": lambda num, shown: _n(
        "%(shown)s pending registration was deleted.",
        "%(shown)s pending registrations were deleted.",
        num,
        shown=shown,
    ),
}
_WHY: Final = {
    Why.GONE: _l("It is no longer there."),
    Why.ONESELF: _l("Nobody can do this to their own account; ask another administrator."),
    Why.LAST_ADMINISTRATOR: _l(
        "This is the last administrator who can sign in. Make somebody else an administrator first."
    ),
    Why.DISABLED: _l("The account is disabled; enable it first."),
    Why.HAS_ACCOUNT: _l("The address has an account already."),
    Why.NO_PASSWORD: _l(
        "People who were invited choose a password first; send the invitation again."
    ),
    Why.TOO_SOON: _l("A mail was asked for less than a minute ago."),
}


def tell(deed: str, done: Done) -> None:
    """Say with how many it was done, and why not with the others."""
    if count := len(done.numbers):
        flash(str(_DONE[deed](count, number(count))), "success")
    elif not done.left_out:
        flash(_("Nothing had to be changed."), "info")
    for why, count in Counter(done.left_out.values()).items():
        flash(_("Left out (%(count)s): %(why)s", count=number(count), why=_WHY[why]), "warning")
