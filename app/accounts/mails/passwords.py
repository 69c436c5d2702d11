"""The mails about a password: the link to a new one, and the news that it was changed."""

from datetime import datetime

from app.accounts import tokens, users
from app.accounts.mails.words import inert, link, news, owner_of, page
from app.accounts.models import RecoveryToken
from app.i18n.formats import duration
from app.i18n.text import _
from app.mail import kinds
from app.mail.kinds import MailRequest, Words


def _start_life(request: MailRequest, at: datetime) -> None:
    """Let the link live its full time from the moment a server took the mail."""
    tokens.start_life(request.outbox_id, at, tokens.RECOVERY_LIFETIME, RecoveryToken)


@kinds.mail(users.RECOVERY, accepted=_start_life)
def recovery(request: MailRequest) -> Words | None:
    """Give the link to a new password; nothing to somebody who may not enter any more."""
    owner = owner_of(request)
    if owner is None:
        return None
    context = {
        "name": inert(owner.name),
        "link": link("recover", tokens.issue_recovery(owner, request.outbox_id), request),
        "lifetime": duration(tokens.RECOVERY_LIFETIME),
    }
    return Words("recovery", _("Choose a new password"), context)


@kinds.mail(users.PASSWORD_CHANGED)
def password_changed(request: MailRequest) -> Words | None:
    """Tell somebody that their password was changed, when, and what to do if it was not they."""
    told = news(request)
    if told is None:
        return None
    context = {**told, "link": page("forgot-password", request)}
    return Words("password_changed", _("Your password was changed"), context)


KINDS = (recovery, password_changed)
