"""The mails of those who are about to have an account, and the kind word to somebody known."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update

from app.accounts import activation as opening
from app.accounts import codes, registration, tokens
from app.accounts.mails import account_mails, passwords, second_factor
from app.accounts.mails.words import inert, link, owner_of, page
from app.accounts.models import ActivationCode, PendingRegistration, User
from app.core import addresses, site, transaction
from app.extensions import db
from app.i18n.formats import duration
from app.i18n.text import _
from app.mail import kinds
from app.mail.kinds import MailRequest, Words

# The bare table, and statements that are built once: they belong to every mail.
_PENDING = cast(Table, PendingRegistration.__table__)
_P = _PENDING.c
_KEPT = select(_P.invited, _P.keep_until).where(_P.id == bindparam("number"))
_KEEPING = (
    update(_PENDING)
    .where(_P.id == bindparam("number"), _P.keep_until < bindparam("until"))
    .values(keep_until=bindparam("until"))
)
_KNOWN = select(User.id).where(User.email_key == bindparam("key"))


def _start_life(request: MailRequest, at: datetime) -> None:
    """Let link and code live, and the attempt stay, from the moment a server took the mail."""
    pending = transaction.run(_KEPT, {"number": request.about}).one_or_none()
    if pending is not None:
        life = tokens.life_of_link(is_invitation=pending.invited)
        ends = tokens.start_life(request.outbox_id, at, life)
        tokens.start_life(request.outbox_id, at, codes.LIFETIME, ActivationCode)
        kept = ends + registration.KEPT if pending.invited else ends
        if kept > pending.keep_until:
            transaction.run(_KEEPING, {"number": request.about, "until": kept})


@kinds.mail(registration.ACTIVATION, accepted=_start_life, again=registration.again)
def activation(request: MailRequest) -> Words | None:
    """Say how to activate; nothing when there is nothing left to activate at this address."""
    pending = db.session.get(PendingRegistration, request.about)
    if pending is None or _has_lost_its_point(pending, request.to):
        return None
    context = {
        "name": inert(pending.name),
        "link": link("activate", tokens.issue(pending, request.outbox_id), request),
        "lifetime": duration(site.current().link_life),
        "code": codes.issue(pending, request.outbox_id),
        "code_lifetime": duration(codes.LIFETIME),
    }
    return Words("activation", _("Activate your account"), context)


@kinds.mail(registration.ALREADY_REGISTERED, accepted=_start_life, again=registration.again)
def already_registered(request: MailRequest) -> Words | None:
    """Tell the owner of an address that it has an account; nothing when it has none any more.

    A code is made that nobody is told: who types one learns nothing from how it is refused.
    """
    pending = db.session.get(PendingRegistration, request.about)
    owner = db.session.get(User, pending.user_id) if pending and pending.user_id else None
    if pending is None or owner is None or addresses.parse(owner.email).ascii != request.to:
        return None
    codes.issue(pending, request.outbox_id)
    context = {
        "name": inert(owner.name),
        "link": page("login", request),
        "recovery": page("forgot-password", request),
        "address": owner.email,
    }
    return Words("already_registered", _("You already have an account"), context)


@kinds.mail(registration.INVITATION, accepted=_start_life, again=registration.again)
def invitation(request: MailRequest) -> Words | None:
    """Ask somebody who was invited to choose a password; nothing when they have an account."""
    pending = db.session.get(PendingRegistration, request.about)
    if pending is None or _has_lost_its_point(pending, request.to):
        return None
    context = {
        "name": inert(pending.name),
        "link": link("invitations", tokens.issue(pending, request.outbox_id), request),
        "lifetime": duration(tokens.INVITATION_LIFETIME),
    }
    return Words("invitation", _("You are invited"), context)


@kinds.mail(opening.OPENED_BY_HAND)
def opened_by_hand(request: MailRequest) -> Words | None:
    """Tell somebody that an administrator has opened their account."""
    owner = owner_of(request)
    if owner is None:
        return None
    context = {
        "name": inert(owner.name),
        "link": page("login", request),
        "address": owner.email,
    }
    return Words("opened_by_hand", _("Your account is open"), context)


KINDS = (
    activation,
    already_registered,
    invitation,
    opened_by_hand,
    *passwords.KINDS,
    *second_factor.KINDS,
    *account_mails.KINDS,
)


def _has_lost_its_point(pending: PendingRegistration, to: str) -> bool:
    """Tell whether the address was corrected meanwhile, or has got its user."""
    known = transaction.run(_KNOWN, {"key": pending.email_key}).first()
    return known is not None or addresses.parse(pending.email).ascii != to
