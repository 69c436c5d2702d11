"""What the mails of the accounts share: links, names that are no links, and whose mail it is."""

from app.accounts.models import User
from app.config import current_config
from app.core import addresses
from app.extensions import db
from app.mail.kinds import MailRequest


def link(door: str, token: str, locale_code: str) -> str:
    """Return the link of a mail: from the configuration, never from a request."""
    return f"{current_config().public_url}/{door}/{token}{in_language(locale_code)}"


def in_language(code: str) -> str:
    """Open the page in the language of the mail, also in a browser that wishes another."""
    return f"?lang={code}"


def inert(name: str) -> str:
    """Return a name in which no mail program finds a link: somebody else may have typed it."""
    return name.replace(".", ".\u2060").replace("/", "/\u2060")


def owner_of(request: MailRequest) -> User | None:
    """Return the person a mail is about, unless they have another address or may not enter."""
    owner = db.session.get(User, request.about)
    if owner is None or not owner.is_active or addresses.parse(owner.email).ascii != request.to:
        return None
    return owner
