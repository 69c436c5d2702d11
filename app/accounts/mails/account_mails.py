"""The mails about an account that exists: who came in, what is to change, what was changed."""

from datetime import datetime

from app.accounts import (
    address_change,
    deletion,
    devices,
    entrance,
    links,
    remembered,
    settings_news,
    waiting_address,
)
from app.accounts.account_models import AddressChange, Purpose
from app.accounts.mails.words import by_the_clock_of, inert, link, owner_of, page
from app.accounts.models import User, UserSession
from app.core import addresses
from app.extensions import db
from app.i18n.formats import duration
from app.i18n.text import _
from app.mail import kinds
from app.mail.kinds import MailRequest, Words
from app.mail.models import OutboxMessage


@kinds.mail(entrance.NEW_BROWSER)
def new_browser(request: MailRequest) -> Words | None:
    """Tell somebody that they signed in where they never were before; it is no gate."""
    owner, number = owner_of(request), _occasion(request)
    session = db.session.get(UserSession, number) if number else None
    if owner is None or session is None:
        return None
    context = {
        "name": inert(owner.name),
        "browser": devices.browser(session.user_agent),
        "system": devices.system(session.user_agent),
        "ip": session.ip,
        "at": by_the_clock_of(owner, session.created_at),
        "link": page("account/sessions", request),
    }
    return Words("new_browser", _("A new browser signed in"), context)


@kinds.mail(remembered.STOLEN)
def remembered_stolen(request: MailRequest) -> Words | None:
    """Tell somebody that an old copy of their sign-in was used, so that nobody is in with it."""
    owner = owner_of(request)
    if owner is None:
        return None
    context = {"name": inert(owner.name), "link": page("forgot-password", request)}
    return Words("remembered_stolen", _("We signed out one of your browsers"), context)


def _confirm_life(request: MailRequest, at: datetime) -> None:
    links.start_life(Purpose.CONFIRM_ADDRESS, request.outbox_id, at)


def _undo_life(request: MailRequest, at: datetime) -> None:
    links.start_life(Purpose.UNDO_ADDRESS, request.outbox_id, at)


@kinds.mail(waiting_address.ADDRESS_CONFIRMATION, accepted=_confirm_life)
def address_confirmation(request: MailRequest) -> Words | None:
    """Ask the new address to confirm; nothing when the change was given up or is done."""
    owner, change = _changing(request)
    if owner is None or change is None or change.confirmed_at or change.ended_at:
        return None
    token = links.issue(Purpose.CONFIRM_ADDRESS, change.id, request.outbox_id)
    context = {
        "name": inert(owner.name),
        "new": change.email,
        "link": link("address", token, request),
        "lifetime": duration(links.LIVES[Purpose.CONFIRM_ADDRESS]),
    }
    return Words("address_confirmation", _("Confirm your new address"), context)


@kinds.mail(address_change.ADDRESS_CHANGE_ASKED, accepted=_undo_life)
def address_change_asked(request: MailRequest) -> Words | None:
    """Tell the present address that another one is wanted, and how to say «this was not me»."""
    return _told("address_change_asked", _("Request to change your address"), request)


@kinds.mail(address_change.ADDRESS_CHANGED, accepted=_undo_life)
def address_changed(request: MailRequest) -> Words | None:
    """Tell the address of before that it is not the one to sign in with any more."""
    return _told("address_changed", _("Your address was changed"), request)


@kinds.mail(deletion.DELETION_ASKED)
def deletion_asked(request: MailRequest) -> Words | None:
    """Tell somebody when their account goes, and that it may stay."""
    owner = owner_of(request)
    if owner is None or owner.delete_at is None:
        return None
    token = links.issue(Purpose.KEEP_ACCOUNT, owner.id, request.outbox_id)
    context = {
        "name": inert(owner.name),
        "at": by_the_clock_of(owner, owner.delete_at),
        "link": link("keep-account", token, request),
    }
    return Words("deletion_asked", _("Your account will be deleted"), context)


@kinds.mail(settings_news.SMTP_CHANGED)
def smtp_changed(request: MailRequest) -> Words | None:
    """Tell an administrator who changed the SMTP settings, and when; never to what."""
    owner, message = owner_of(request), db.session.get(OutboxMessage, request.outbox_id)
    if owner is None or message is None or not owner.is_admin:
        return None
    number = message.occasion.partition(".")[0]
    by = db.session.get(User, int(number)) if number.isdecimal() else None
    context = {
        "name": inert(owner.name),
        "by": by.email if by else "",
        "at": by_the_clock_of(owner, message.created_at),
        "link": page("system/smtp", request),
    }
    return Words("smtp_changed", _("The SMTP settings were changed"), context)


KINDS = (
    smtp_changed,
    new_browser,
    remembered_stolen,
    address_confirmation,
    address_change_asked,
    address_changed,
    deletion_asked,
)


def _told(template: str, subject: str, request: MailRequest) -> Words | None:
    owner, change = _changing(request)
    if owner is None or change is None or change.ended_at:
        return None
    token = links.issue(Purpose.UNDO_ADDRESS, change.id, request.outbox_id)
    context = {
        "name": inert(owner.name),
        "new": change.email,
        "at": by_the_clock_of(owner, change.confirmed_at or change.asked_at),
        "link": link("address-undo", token, request),
        "lifetime": duration(links.LIVES[Purpose.UNDO_ADDRESS]),
    }
    return Words(template, subject, context)


def _changing(request: MailRequest) -> tuple[User | None, AddressChange | None]:
    """Return who changes the address and to what, when the mail goes to one of the two."""
    change = db.session.get(AddressChange, _occasion(request))
    owner = db.session.get(User, request.about)
    if change is None or owner is None or not owner.is_active:
        return None, None
    both = {addresses.parse(text).ascii for text in (change.email, change.old_email)}
    return (owner, change) if request.to in both else (None, None)


def _occasion(request: MailRequest) -> int:
    message = db.session.get(OutboxMessage, request.outbox_id)
    return int(message.occasion) if message and message.occasion.isdecimal() else 0
