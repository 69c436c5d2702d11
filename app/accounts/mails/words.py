"""What the mails of the accounts share: links, inert names, whose mail it is, their clocks."""

from datetime import datetime

from app.accounts.models import User
from app.config import current_config
from app.core import addresses, site
from app.extensions import db
from app.i18n.formats import format_datetime
from app.mail.kinds import MailRequest
from app.mail.models import OutboxMessage


def link(door: str, token: str, request: MailRequest) -> str:
    """Return the link that a mail is about."""
    return page(f"{door}/{token}", request)


def page(path: str, request: MailRequest) -> str:
    """Return the address of a page: from the configuration, never from what a browser claims.

    It opens in the language of the mail, also in a browser that wishes another.
    """
    return f"{current_config().public_url}/{path}?lang={request.locale}"


def by_the_clock_of(reader: User, moment: datetime) -> str:
    """Write a moment as the clocks of the reader show it."""
    zone = reader.time_zone or site.time_zone()
    return format_datetime(moment, "medium", time_zone=zone)


def news(request: MailRequest) -> dict[str, object] | None:
    """Return what all news of an account tells: whom, and when it was; None for nobody."""
    owner, message = owner_of(request), db.session.get(OutboxMessage, request.outbox_id)
    if owner is None or message is None:
        return None
    return {"name": inert(owner.name), "at": by_the_clock_of(owner, message.created_at)}


def inert(name: str) -> str:
    """Return a name in which no mail program finds a link: somebody else may have typed it."""
    return name.replace(".", ".\u2060").replace("/", "/\u2060")


def owner_of(request: MailRequest) -> User | None:
    """Return the person a mail is about, unless they have another address or may not enter."""
    owner = db.session.get(User, request.about)
    if owner is None or not owner.is_active or addresses.parse(owner.email).ascii != request.to:
        return None
    return owner
