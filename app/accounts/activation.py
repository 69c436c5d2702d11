"""Activation: what a link is worth, pressing its button, and asking for a new one."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import (
    activation_links,
    attempts,
    browsers,
    entrance,
    limits,
    registration,
    tokens,
    users,
)
from app.accounts.activation_links import Found, Origin
from app.accounts.attempts import Attempt, Held
from app.accounts.browsers import Browser
from app.accounts.entrance import Entered
from app.accounts.models import PendingRegistration, User, UserRole, UserState
from app.accounts.people.done import Done, Why
from app.core import audit, clock, transaction
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db
from app.mail.engine import engine

OPENED_BY_HAND = "opened_by_hand"


class Link(StrEnum):
    """What a link is worth at this moment."""

    USABLE = "usable"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    ALREADY_ACTIVE = "already_active"


class NotActivated(Refused):
    """The link did not open an account; `link` says why."""

    def __init__(self, link: Link) -> None:
        super().__init__(link.value)
        self.link = link


@dataclass(frozen=True, slots=True)
class Look:
    """What a link is worth; who asked for it, where somebody else than they may have opened it."""

    link: Link
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The user that came out; in the browser that registered they have come in."""

    user: User
    entered: Entered | None = None


def look_at(token: str, browser: Browser = browsers.UNKNOWN) -> Look:
    """Tell what a link is worth; changes nothing. A used link is as unknown as an altered one."""
    found = find(token)
    link = worth(found)
    if found is None or link is not Link.USABLE or browsers.registered_here(browser, found):
        return Look(link)
    return Look(link, found.origin)


def activate(token: str, actor: Actor, browser: Browser = browsers.UNKNOWN) -> Opened:
    """Spend the link and make the user; raise `NotActivated` when it opens nothing.

    However often and by however many it is pressed, one user comes out of an address. The browser
    that registered is let in at once; another one is not: its owner signs in.
    """
    limits.spend((limits.ACTIVATE_PER_IP, limits.origin(actor.ip)))
    found = usable(find(token))
    transaction.begin()
    user = spend(found)
    note(user, actor, "link")
    is_own = browsers.registered_here(browser, found)
    entered = entrance.admit(user, browser.visit, actor) if is_own else None
    db.session.commit()
    if entered and entered.is_told:
        engine.wake()
    return Opened(user, entered)


def spend(found: Found, password_hash: str | None = None) -> User:
    """Spend a link and make its user, in the caller's transaction; the invited bring a password.

    What was found may have changed since: who comes too late is told by the row that is gone.
    """
    held = attempts.hold(found.email_key)
    if not tokens.consume(found.digest):
        raise _too_late(found.email_key)
    return open_one(found.pending_id, held, password_hash)


def open_one(pending_id: int, held: Held, password_hash: str | None = None) -> User:
    """Make the user of one attempt and end all that are held, in the caller's transaction."""
    user = _user_from(held[pending_id], password_hash)
    attempts.close(held)
    return user


def note(user: User, actor: Actor, how: str) -> None:
    """Write down, in the caller's transaction, by what an account was opened."""
    target, details = f"user:{user.id}", {"how": how}
    audit.record("account.activated", actor=actor, target=target, details=details)


def open_by_hand(pending_ids: Collection[int], actor: Actor) -> Done:
    """Make users of attempts without their links; each is told by mail when mail works."""
    done = Done()
    transaction.begin()
    attempts.hold_all(pending_ids)
    for pending_id in sorted(pending_ids):
        pending = db.session.get(PendingRegistration, pending_id, populate_existing=True)
        if objection := _objection(pending):
            done.leave(pending_id, objection)
        elif pending is not None:
            _open_by_hand(pending, actor)
            done.note(pending_id)
    db.session.commit()
    engine.wake()
    return done


def renew(token: str, actor: Actor) -> None:
    """Ask for a fresh mail with the right of an expired link: to its own address, unseen."""
    send_again(find(token), actor)


def send_again(found: Found | None, actor: Actor) -> None:
    """Ask for a fresh mail of the attempt behind a link; raise `NotActivated` unless it expired."""
    if found is None or worth(found) is not Link.EXPIRED:
        raise NotActivated(worth(found))
    registration.send_again(found.pending_id, actor)


def find(token: str) -> Found | None:
    """Return what a link leads to, unless to an invitation: that opens at another door."""
    found = activation_links.find(token)
    return None if found is None or found.invited else found


def _objection(pending: PendingRegistration | None) -> Why | None:
    if pending is None:
        return Why.GONE
    if pending.invited:
        return Why.NO_PASSWORD
    return Why.HAS_ACCOUNT if _user_with(pending.email_key) is not None else None


def _open_by_hand(pending: PendingRegistration, actor: Actor) -> None:
    user = open_one(pending.id, attempts.hold(pending.email_key))
    users.notify(user, OPENED_BY_HAND)
    details = {"how": "by hand", "registration": pending.id}
    audit.record("account.activated", actor=actor, target=f"user:{user.id}", details=details)


def worth(found: Found | None) -> Link:
    """Tell what a link is worth by what was found behind it."""
    if found is None:
        return Link.UNKNOWN
    if found.has_user:
        return Link.ALREADY_ACTIVE
    if not found.is_its_address:
        return Link.UNKNOWN
    return Link.USABLE if found.expires_at > clock.now() else Link.EXPIRED


def usable(found: Found | None) -> Found:
    """Return what was found, or raise `NotActivated` for a link that opens nothing."""
    link = worth(found)
    if found is None or link is not Link.USABLE:
        raise NotActivated(link)
    return found


def _user_from(attempt: Attempt, password_hash: str | None = None) -> User:
    """Make the user of this attempt: with its own name, password and language."""
    user = User(
        name=attempt.name,
        email=attempt.email,
        email_key=attempt.email_key,
        password_hash=password_hash or attempt.password_hash,
        role=UserRole.USER,
        state=UserState.ACTIVE,
        locale=attempt.locale,
        created_at=attempt.created_at,
        activated_at=clock.now(),
    )
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise NotActivated(Link.ALREADY_ACTIVE) from error
    return user


def _too_late(email_key: str) -> NotActivated:
    db.session.rollback()
    known = _user_with(email_key) is not None
    return NotActivated(Link.ALREADY_ACTIVE if known else Link.UNKNOWN)


def _user_with(email_key: str) -> int | None:
    return db.session.scalar(select(User.id).where(User.email_key == email_key))
