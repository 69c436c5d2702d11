"""Registration: somebody asks for an account, waits for the mail, asks again, mends the address.

Nothing here tells a visitor whether an address is known: the same rows are written and the same
work is done; only the mail differs, and that goes to the owner of the address.
"""

import math
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, bindparam, select

from app.accounts import limits, tokens
from app.accounts.models import AGENT_LENGTH, ActivationCode, PendingRegistration, User
from app.accounts.passwords import passwords
from app.config import current_config
from app.core import addresses, audit, clock, site, transaction
from app.core.addresses import Address
from app.core.audit import Actor
from app.core.errors import NotFound, Refused, TooOften
from app.core.prepared import PreparedQuery
from app.extensions import db
from app.mail.engine import engine
from app.mail.outbox import outbox

ACTIVATION = "activation"
ALREADY_REGISTERED = "already_registered"
INVITATION = "invitation"
KINDS = (ACTIVATION, ALREADY_REGISTERED, INVITATION)

# Columns, not the person: what is made of a row takes time that could be measured.
_U = cast(Table, User.__table__).c
_OWNER = PreparedQuery(select(_U.id, _U.email, _U.locale).where(_U.email_key == bindparam("key")))

KEPT = timedelta(days=7)
COOL_DOWN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Registrant:
    """What somebody typed who wants an account, checked."""

    name: str
    address: Address
    password: str = field(repr=False)
    locale: str
    user_agent: str = ""


class RegistrationClosed(Refused):
    """Only who is invited gets an account just now."""


def register(registrant: Registrant, actor: Actor) -> str:
    """Save the attempt and ask for its mail; return the handle by which its browser finds it.

    Raises `RegistrationClosed`, and `TooOften` with the time to wait.
    """
    if not site.current().registration_open:
        raise RegistrationClosed
    limits.spend(
        (limits.REGISTER_PER_IP, limits.origin(actor.ip)),
        (limits.REGISTER_PER_ADDRESS, limits.address_key(registrant.address.key)),
    )
    password_hash, handle = passwords.hashed(registrant.password), tokens.new()
    transaction.begin()
    now = clock.now()
    pending = PendingRegistration(
        name=registrant.name,
        email=registrant.address.display,
        email_key=registrant.address.key,
        password_hash=password_hash,
        locale=registrant.locale,
        created_at=now,
        keep_until=now + KEPT,
        handle_digest=tokens.digest(handle),
        mail_requested_at=now,
        user_agent=registrant.user_agent[:AGENT_LENGTH],
    )
    db.session.add(pending)
    ask_for_mail(pending)
    audit.record("registration.requested", actor=actor, target=target(pending))
    db.session.commit()
    engine.wake()
    return handle


def resend(handle: str, actor: Actor) -> None:
    """Ask for a fresh mail; raise `TooOften` within the cool-down, `NotFound` when it is over."""
    send_again(_id_behind(handle), actor)


def send_again(pending_id: int, actor: Actor) -> None:
    """Ask for a fresh mail of an attempt: with a new link, to the address that is stored."""
    pending = _begin(pending_id)
    _refuse_during_cool_down(pending)
    key = limits.address_key(pending.email_key)
    db.session.rollback()
    limits.spend(
        (limits.RESEND_PER_IP, limits.origin(actor.ip)),
        (limits.RESEND_PER_ADDRESS, key),
    )
    limits.spend_of_all(limits.RESEND_BY_ALL, actor.ip)
    pending = _begin(pending_id)
    _refuse_during_cool_down(pending)
    ask_again(pending)
    audit.record("registration.resent", actor=actor, target=target(pending))
    db.session.commit()
    engine.wake()


def correct_address(handle: str, address: Address, actor: Actor) -> None:
    """Move the attempt to another address: older links, codes and waiting mails die."""
    pending_id = _id_behind(handle)
    limits.spend(
        (limits.CORRECT_PER_ATTEMPT, str(pending_id)),
        (limits.RESEND_PER_IP, limits.origin(actor.ip)),
        (limits.RESEND_PER_ADDRESS, limits.address_key(address.key)),
    )
    limits.spend_of_all(limits.RESEND_BY_ALL, actor.ip)
    pending = _begin(pending_id)
    tokens.forget([pending.id])
    tokens.forget([pending.id], ActivationCode)
    pending.email, pending.email_key = address.display, address.key
    ask_again(pending)
    audit.record("registration.address_corrected", actor=actor, target=target(pending))
    db.session.commit()
    engine.wake()


def find(handle: str) -> PendingRegistration | None:
    """Return the attempt of the browser that holds this handle, while it is kept."""
    return db.session.scalar(
        select(PendingRegistration).where(
            PendingRegistration.handle_digest == tokens.digest(handle)
        )
    )


def resend_in(pending: PendingRegistration) -> timedelta:
    """Return how long the next mail of this attempt has to wait."""
    if not current_config().rate_limits:
        return timedelta(0)
    return max(pending.mail_requested_at + COOL_DOWN - clock.now(), timedelta(0))


def cancel_mails(*pending_ids: int) -> None:
    """Take back what is queued for these attempts and not yet on its way."""
    outbox.cancel_about(KINDS, pending_ids)


def again(pending_id: int) -> int | None:
    """Queue a fresh mail of an attempt, in the caller's transaction; None when it is over."""
    pending = db.session.get(
        PendingRegistration, pending_id, populate_existing=True, with_for_update=True
    )
    return ask_again(pending) if pending else None


def ask_again(pending: PendingRegistration) -> int:
    """Queue a fresh mail of an attempt, in the caller's transaction."""
    cancel_mails(pending.id)
    pending.occasion += 1
    pending.mail_requested_at = clock.now()
    pending.keep_until = max(pending.keep_until, clock.now() + KEPT)
    return ask_for_mail(pending)


def ask_for_mail(pending: PendingRegistration) -> int:
    """Queue the mail that fits: to a stranger the link, to somebody known a kind word."""
    owners = transaction.ask(_OWNER, {"key": pending.email_key})
    pending.user_id, email, locale = owners[0] if owners else (None, pending.email, pending.locale)
    db.session.flush()
    return outbox.enqueue(
        ALREADY_REGISTERED if owners else INVITATION if pending.invited else ACTIVATION,
        about=pending.id,
        to=addresses.parse(email).ascii,
        locale=locale,
        occasion=f"{pending.handle_digest[:16]}.{pending.occasion}",
    )


def target(pending: PendingRegistration) -> str:
    """Return how the audit names an attempt."""
    return f"registration:{pending.id}"


def _id_behind(handle: str) -> int:
    pending = find(handle)
    if pending is None:
        raise NotFound("no attempt has this handle")
    return pending.id


def _begin(pending_id: int) -> PendingRegistration:
    """Begin to write and hold the attempt, so that two deeds on it follow one another."""
    transaction.begin()
    pending = db.session.get(
        PendingRegistration, pending_id, populate_existing=True, with_for_update=True
    )
    if pending is None:
        db.session.rollback()
        raise NotFound("the attempt is over")
    return pending


def _refuse_during_cool_down(pending: PendingRegistration) -> None:
    if wait := resend_in(pending):
        db.session.rollback()
        raise TooOften(math.ceil(wait.total_seconds()))
