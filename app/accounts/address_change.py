"""Another address for an account: the new one confirms by a button, the old one may take it back.

Until the new address has confirmed, nothing changes. A visitor learns nowhere whether an address
belongs to somebody: to a taken one the mail is written down and laid aside, like to nobody.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import limits, links, sessions, users, waiting_address
from app.accounts.account_models import AccountLink, AddressChange, Purpose
from app.accounts.activation import Link
from app.accounts.models import User
from app.accounts.passwords import passwords
from app.accounts.second_factor import second_factor
from app.core import audit, clock, transaction
from app.core.addresses import Address
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db
from app.mail.engine import engine
from app.mail.outbox import outbox

ADDRESS_CHANGE_ASKED = "address_change_asked"
ADDRESS_CHANGED = "address_changed"
UNDOABLE_FOR = timedelta(days=7)


class SameAddress(Refused):
    """The account has this address already."""


class NotChanged(Refused):
    """The link changes nothing; `link` says why."""

    def __init__(self, link: Link) -> None:
        super().__init__(link.value)
        self.link = link


@dataclass(frozen=True, slots=True)
class Look:
    """What a link is worth, and from where to where it leads when it may be used."""

    link: Link
    old: str = ""
    new: str = ""
    is_confirmed: bool = False


def ask(user_id: int, address: Address, actor: Actor) -> None:
    """Ask the new address to confirm, and tell the old one; raise `SameAddress` or `TooOften`."""
    limits.spend(
        (limits.CHANGE_ADDRESS_PER_USER, str(user_id)),
        (limits.CHANGE_ADDRESS_PER_ADDRESS, limits.address_key(address.key)),
    )
    transaction.begin()
    user = _held(user_id)
    if user.email_key == address.key:
        db.session.rollback()
        raise SameAddress(actor.label)
    waiting_address.end(user.id)
    change = _change(user, address)
    _mail_both(user, change)
    audit.record("user.address_change_asked", actor=actor, target=_target(user))
    db.session.commit()
    engine.wake()


def withdraw(user_id: int, actor: Actor) -> None:
    """Give up the change that waits, if one does."""
    transaction.begin()
    user = _held(user_id)
    if waiting_address.end(user.id):
        audit.record("user.address_change_withdrawn", actor=actor, target=_target(user))
    db.session.commit()


def look_at(purpose: Purpose, token: str) -> Look:
    """Tell what a link is worth; changes nothing."""
    change = _behind(links.find(purpose, token))
    if change is None:
        return Look(Link.UNKNOWN)
    return Look(Link.USABLE, change.old_email, change.email, change.confirmed_at is not None)


def confirm(token: str, actor: Actor) -> None:
    """Spend the link of the new address: from now on it is the one to sign in with.

    The old address is told once more, and may take it back for a week.
    """
    limits.spend((limits.FOLLOW_PER_IP, limits.origin(actor.ip)))
    transaction.begin()
    row = links.find(Purpose.CONFIRM_ADDRESS, token)
    change = _behind(row)
    user = _held(change.user_id) if change else None
    if row is None or user is None or change is None or change.confirmed_at:
        raise _refused()
    if not links.consume(row.id):
        raise _refused()
    change.confirmed_at = clock.now()
    change.keep_until = clock.now() + UNDOABLE_FOR
    _move(user, change.email, change.email_key)
    users.notify(user, ADDRESS_CHANGED, to=change.old_email, occasion=str(change.id))
    audit.record("user.address_changed", actor=actor, target=_target(user))
    db.session.commit()
    engine.wake()


def undo(token: str, actor: Actor) -> None:
    """Spend the link of the old address: whoever asked for the change was not its owner.

    The address is as before, everybody is signed out, and the password, which somebody else must
    have known, is void: a mail to the old address leads to a new one.

    A second step set up since the change was asked for goes too, because a thief needed no more
    for it than the password that is void now. One that is older stays: this link proves a mailbox
    and no more, and must not be a way around the second step of its owner (R43).
    """
    limits.spend((limits.FOLLOW_PER_IP, limits.origin(actor.ip)))
    transaction.begin()
    row = links.find(Purpose.UNDO_ADDRESS, token)
    change = _behind(row)
    user = _held(change.user_id) if change else None
    if row is None or user is None or change is None or not links.consume(row.id):
        raise _refused()
    waiting_address.end(user.id)
    change.ended_at = clock.now()
    links.forget(Purpose.UNDO_ADDRESS, change.id)
    _move(user, change.old_email, change.old_email_key)
    sessions.close_all(user.id)
    users.replace_hash(user, passwords.NOBODY)
    users.notify(user, users.RECOVERY)
    details: dict[str, object] = {"address": "as before", "password": "void"}
    if second_factor.forget_new(user, change.asked_at):
        details["second_step"] = False
    audit.record("user.address_change_undone", actor=actor, target=_target(user), details=details)
    db.session.commit()
    engine.wake()


def _held(user_id: int) -> User:
    return db.session.get_one(User, user_id, populate_existing=True, with_for_update=True)


def _change(user: User, address: Address) -> AddressChange:
    now = clock.now()
    change = AddressChange(
        user_id=user.id,
        email=address.display,
        email_key=address.key,
        old_email=user.email,
        old_email_key=user.email_key,
        asked_at=now,
        keep_until=now + UNDOABLE_FOR,
    )
    db.session.add(change)
    db.session.flush()
    return change


def _mail_both(user: User, change: AddressChange) -> None:
    users.notify(user, ADDRESS_CHANGE_ASKED, occasion=str(change.id))
    taken = db.session.scalar(select(User.id).where(User.email_key == change.email_key))
    users.notify(
        user,
        waiting_address.ADDRESS_CONFIRMATION,
        to=change.email,
        occasion=str(change.id),
        is_for_nobody=taken is not None,
    )


def _behind(row: AccountLink | None) -> AddressChange | None:
    """Return the change behind a link, while there is something to confirm or to take back."""
    change = db.session.get(AddressChange, row.about, populate_existing=True) if row else None
    user = db.session.get(User, change.user_id) if change else None
    if row is None or change is None or user is None or not user.is_active:
        return None
    if row.purpose == Purpose.UNDO_ADDRESS:
        return change
    is_current = user.email_key == change.old_email_key
    return change if is_current and change.ended_at is None else None


def _move(user: User, email: str, email_key: str) -> None:
    """Give the account an address, unless somebody else has got it meanwhile."""
    user.email, user.email_key = email, email_key
    try:
        db.session.flush()
    except IntegrityError as error:
        raise _refused() from error
    outbox.cancel_about([users.RECOVERY], [user.id])


def _refused() -> NotChanged:
    db.session.rollback()
    return NotChanged(Link.UNKNOWN)


def _target(user: User) -> str:
    return f"user:{user.id}"
