"""The mails of the accounts: the activation link, and the kind word to somebody known."""

from datetime import datetime

from sqlalchemy import select

from app.accounts import registration, tokens
from app.accounts.models import PendingRegistration, User
from app.config import current_config
from app.core import addresses
from app.extensions import db
from app.i18n import locales
from app.i18n.formats import duration
from app.i18n.text import _
from app.mail import kinds
from app.mail.kinds import MailRequest, Words


def _start_life(request: MailRequest, at: datetime) -> None:
    """Let the link live, and its attempt stay, from the moment a server took the mail."""
    ends = tokens.start_life(request.outbox_id, at)
    pending = db.session.get(PendingRegistration, request.about)
    if pending is not None:
        pending.keep_until = max(pending.keep_until, ends)


@kinds.mail(registration.ACTIVATION, accepted=_start_life)
def activation(request: MailRequest) -> Words | None:
    """Say how to activate; nothing when there is nothing left to activate at this address."""
    pending = db.session.get(PendingRegistration, request.about)
    if pending is None or _has_lost_its_point(pending, request.to):
        return None
    context = {
        "name": inert(pending.name),
        "link": link(tokens.issue(pending, request.outbox_id), request.locale),
        "lifetime": duration(tokens.LIFETIME),
    }
    return Words("activation", _("Activate your account"), context)


@kinds.mail(registration.ALREADY_REGISTERED)
def already_registered(request: MailRequest) -> Words | None:
    """Tell the owner of an address that it has an account; nothing when it has none any more."""
    pending = db.session.get(PendingRegistration, request.about)
    owner = db.session.get(User, pending.user_id) if pending and pending.user_id else None
    if owner is None or addresses.parse(owner.email).ascii != request.to:
        return None
    context = {
        "name": inert(owner.name),
        "link": f"{current_config().public_url}/login{_in_language(request.locale)}",
        "address": owner.email,
    }
    return Words("already_registered", _("You already have an account"), context)


KINDS = (activation, already_registered)


def link(token: str, locale_code: str) -> str:
    """Return the link of a mail: from the configuration, never from a request."""
    return f"{current_config().public_url}/activate/{token}{_in_language(locale_code)}"


def inert(name: str) -> str:
    """Return a name in which no mail program finds a link: somebody else may have typed it."""
    return name.replace(".", ".\u2060").replace("/", "/\u2060")


def _has_lost_its_point(pending: PendingRegistration, to: str) -> bool:
    """Tell whether the address was corrected meanwhile, or has got its user."""
    known = db.session.scalar(select(User.id).where(User.email_key == pending.email_key))
    return known is not None or addresses.parse(pending.email).ascii != to


def _in_language(code: str) -> str:
    """Open the page in the language of the mail, also in a browser that was never here."""
    return "" if code == locales.DEFAULT else f"?lang={code}"
