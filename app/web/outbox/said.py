"""What is said after a deed: how many mails it was done with, and that others were left."""

from flask import flash

from app.i18n.formats import number
from app.i18n.text import _, _n
from app.mail.outbox.by_hand import Deed


def tell(deed: Deed, changed: int, seen: int) -> None:
    """Say what was done, and with how many it was not possible."""
    if changed:
        flash(_done(deed, changed), "success")
    if left := seen - changed:
        flash(
            _n(
                "%(shown)s mail was left as it is: its state has changed, or it is not needed.",
                "%(shown)s mails were left as they are: their state has changed, or they are not "
                "needed.",
                left,
                shown=number(left),
            ),
            "info",
        )
    if not seen:
        flash(_("There was nothing to do: no mail is in such a state any more."), "info")


def _done(deed: Deed, count: int) -> str:
    shown_count = number(count)
    sentences = {
        Deed.RETRY: _n(
            "%(shown)s mail is tried now.",
            "%(shown)s mails are tried now.",
            count,
            shown=shown_count,
        ),
        Deed.CANCEL: _n(
            "%(shown)s mail is cancelled.",
            "%(shown)s mails are cancelled.",
            count,
            shown=shown_count,
        ),
        Deed.SETTLE: _n(
            "%(shown)s mail counts as sent.",
            "%(shown)s mails count as sent.",
            count,
            shown=shown_count,
        ),
        Deed.RESEND: _n(
            "%(shown)s fresh mail is on its way.",
            "%(shown)s fresh mails are on their way.",
            count,
            shown=shown_count,
        ),
    }
    return str(sentences[deed])
