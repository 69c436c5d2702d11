"""Invitations: an administrator adds a person, who chooses a password behind a link.

Until then it is an attempt like every other: no user, no password, and in time it goes by itself.
"""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts import activation, activation_links, limits, registration, tokens, users
from app.accounts.activation import Link
from app.accounts.activation_links import Found
from app.accounts.models import PendingRegistration, User
from app.accounts.users import AlreadyThere
from app.core import audit, clock, transaction
from app.core.addresses import Address
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db
from app.mail.engine import engine


class AlreadyInvited(Refused):
    """An invitation to this address waits already; `pending_id` is its number."""

    def __init__(self, pending_id: int) -> None:
        super().__init__(str(pending_id))
        self.pending_id = pending_id


@dataclass(frozen=True, slots=True)
class Invitee:
    """What an administrator typed about somebody, checked; the language is that of the mail."""

    name: str
    address: Address
    locale: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the link of an invitation is worth, and who was invited when it may be used."""

    link: Link
    name: str = ""
    email: str = ""


def invite(invitee: Invitee, actor: Actor) -> int:
    """Save the invitation and queue its mail; return its number."""
    transaction.begin()
    _refuse_the_known(invitee.address)
    now = clock.now()
    pending = PendingRegistration(
        name=invitee.name,
        email=invitee.address.display,
        email_key=invitee.address.key,
        password_hash="",
        locale=invitee.locale,
        created_at=now,
        keep_until=now + registration.KEPT,
        handle_digest=tokens.digest(tokens.new()),
        mail_requested_at=now,
        invited=True,
        invited_by=actor.user_id,
    )
    db.session.add(pending)
    registration.ask_for_mail(pending)
    audit.record("invitation.sent", actor=actor, target=registration.target(pending))
    number = pending.id
    db.session.commit()
    engine.wake()
    return number


def look_at(token: str) -> Look:
    """Tell what a link is worth; changes nothing. A used link is as unknown as an altered one."""
    found = _find(token)
    link = activation.worth(found)
    return Look(link, found.name, found.email) if found and link is Link.USABLE else Look(link)


def accept(token: str, password: str, actor: Actor) -> None:
    """Spend the link and make the user with this password; they sign in themselves.

    Raises `NotActivated` when the link opens nothing, `WeakPassword` when the policy refuses.
    """
    limits.spend((limits.FOLLOW_PER_IP, limits.origin(actor.ip)))
    found = activation.usable(_find(token))
    db.session.commit()  # nothing of the database is held while the password is hashed
    password_hash = users.accepted(password, found.name, found.email)
    transaction.begin()
    user = activation.spend(found, password_hash)
    target = f"user:{user.id}"
    audit.record("account.activated", actor=actor, target=target, details={"how": "invitation"})
    db.session.commit()


def renew(token: str, actor: Actor) -> None:
    """Ask for a fresh mail with the right of an expired link: to its own address, unseen."""
    activation.send_again(_find(token), actor)


def _find(token: str) -> Found | None:
    """What a link leads to, unless to somebody who registered: that is another door."""
    found = activation_links.find(token)
    return found if found is not None and found.invited else None


def _refuse_the_known(address: Address) -> None:
    """An administrator may know who has an account, and who was invited already."""
    if db.session.scalar(select(User.id).where(User.email_key == address.key)) is not None:
        db.session.rollback()
        raise AlreadyThere(address.key)
    same = select(PendingRegistration.id).where(
        PendingRegistration.email_key == address.key, PendingRegistration.invited
    )
    if (known := db.session.scalar(same.limit(1))) is not None:
        db.session.rollback()
        raise AlreadyInvited(known)
