"""The browser in which somebody registered: it alone is let in when the account opens."""

from dataclasses import dataclass, field
from datetime import timedelta

from app.accounts import tokens
from app.accounts.activation_links import Found
from app.accounts.entrance import Visit
from app.accounts.models import PendingRegistration
from app.core import clock

# So long after a server took the mail one press also signs in; later the password is asked for.
ONE_PRESS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request came from, and the handle of the attempt that was begun there, if any."""

    handle: str = field(default="", repr=False)
    visit: Visit = field(default_factory=Visit)


UNKNOWN = Browser()


def registered_here(browser: Browser, found: Found) -> bool:
    """Tell whether a link was opened where its attempt was begun, soon after the mail came."""
    is_soon = clock.now() < found.issued_at + ONE_PRESS
    return is_soon and has_begun(browser, found)


def has_begun(browser: Browser, pending: PendingRegistration | Found) -> bool:
    """Tell whether an attempt was begun in this browser."""
    return bool(browser.handle) and tokens.digest(browser.handle) == pending.handle_digest
