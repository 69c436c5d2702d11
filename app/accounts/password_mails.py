"""The mails about a password: the link to a new one, and the news that it was changed."""

from datetime import datetime

from app.accounts import tokens, users
from app.accounts.mail_words import in_language, inert, link, owner_of
from app.accounts.models import RecoveryToken
from app.config import current_config
from app.extensions import db
from app.i18n.formats import duration, format_datetime
from app.i18n.text import _
from app.mail import kinds
from app.mail.kinds import MailRequest, Words
from app.mail.models import OutboxMessage


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
        "link": link("recover", tokens.issue_recovery(owner, request.outbox_id), request.locale),
        "lifetime": duration(tokens.RECOVERY_LIFETIME),
    }
    return Words("recovery", _("Choose a new password"), context)


@kinds.mail(users.PASSWORD_CHANGED)
def password_changed(request: MailRequest) -> Words | None:
    """Tell somebody that their password was changed, when, and what to do if it was not they."""
    owner, message = owner_of(request), db.session.get(OutboxMessage, request.outbox_id)
    if owner is None or message is None:
        return None
    context = {
        "name": inert(owner.name),
        "link": f"{current_config().public_url}/forgot-password{in_language(request.locale)}",
        "at": format_datetime(message.created_at, "medium"),
    }
    return Words("password_changed", _("Your password was changed"), context)


KINDS = (recovery, password_changed)
