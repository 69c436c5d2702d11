"""What administrators may do with people: the question, and what happens then.

Every deed goes by one pair of routes, so that what asks for the password again has one place.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString

from app.accounts import activation, recovery
from app.accounts.people import administration, pending
from app.accounts.people.done import Done
from app.core.audit import Actor
from app.i18n.text import _l

USERS, PENDING = "users", "pending"


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed on some people of a list.

    `is_sensitive` marks those before which security.md wants the password once more.
    """

    name: str
    of: str
    act: Callable[[Collection[int], Actor], Done]
    title: LazyString
    button: LazyString
    icon: str
    consequences: tuple[LazyString, ...]
    is_dangerous: bool = False
    is_sensitive: bool = False


_ALL: Final = (
    Deed(
        "disable",
        USERS,
        administration.disable,
        _l("Disable accounts"),
        _l("Disable"),
        "pause",
        (
            _l("These people cannot sign in any more, and all their sessions end at once."),
            _l("Password reset links in their mail stop working."),
            _l("Nothing is deleted: an account can be enabled again at any time."),
        ),
        is_dangerous=True,
        is_sensitive=True,
    ),
    Deed(
        "enable",
        USERS,
        administration.enable,
        _l("Enable accounts"),
        _l("Enable"),
        "check",
        (_l("These people can sign in again with the password they had."),),
    ),
    Deed(
        "sign-out",
        USERS,
        administration.end_sessions,
        _l("End all sessions"),
        _l("End all sessions"),
        "leave",
        (_l("These people are signed out in every browser and have to sign in again."),),
    ),
    Deed(
        "recover",
        USERS,
        recovery.start,
        _l("Send a password reset link"),
        _l("Send a password reset link"),
        "key",
        (
            _l(
                "A mail with a link goes to the address of each account; nobody else sees the link."
            ),
            _l("The current password keeps working until a new one is chosen."),
        ),
    ),
    Deed(
        "promote",
        USERS,
        administration.promote,
        _l("Make administrators"),
        _l("Make an administrator"),
        "users",
        (
            _l("Administrators may change everything here: mail servers, users, settings."),
            _l("Their sessions end; they sign in anew as administrators."),
        ),
        is_sensitive=True,
    ),
    Deed(
        "demote",
        USERS,
        administration.demote,
        _l("Remove administrator rights"),
        _l("Remove administrator rights"),
        "minus",
        (
            _l("These people keep their accounts but no longer see the management of the system."),
            _l("Their sessions end; they sign in anew."),
        ),
        is_dangerous=True,
        is_sensitive=True,
    ),
    Deed(
        "activate",
        PENDING,
        activation.open_by_hand,
        _l("Activate by hand"),
        _l("Activate by hand"),
        "check",
        (
            _l(
                "The accounts open at once, although nobody has proven that the addresses are "
                "theirs. Do this only when you know the people."
            ),
            _l("Each person gets a mail about it as soon as mail works."),
        ),
        is_sensitive=True,
    ),
    Deed(
        "resend",
        PENDING,
        pending.resend,
        _l("Send the mail again"),
        _l("Send the mail again"),
        "send",
        (
            _l(
                "Each person gets a fresh mail with a new link; links of earlier mails keep "
                "working."
            ),
        ),
    ),
    Deed(
        "delete",
        PENDING,
        pending.remove,
        _l("Delete pending registrations"),
        _l("Delete"),
        "trash",
        (
            _l(
                "The links in their mails stop working. Whoever still wants an account has to "
                "register anew."
            ),
        ),
        is_dangerous=True,
        is_sensitive=True,
    ),
)
DEEDS: Final = {deed.name: deed for deed in _ALL}


def is_sensitive(name: str) -> bool:
    """Tell whether the password is wanted once more before a deed of this name."""
    return name in DEEDS and DEEDS[name].is_sensitive
