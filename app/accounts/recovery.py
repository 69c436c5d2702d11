"""Forgotten password: a mail with a link, a page that asks, a new password.

Nothing here tells a visitor whether an address is known: the same rows are written for everybody,
only that the mail to nobody is laid aside before any worker sees it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts import known_browsers, limits, tokens, users
from app.accounts.activation import Link
from app.accounts.models import RecoveryToken, User, UserState
from app.accounts.passwords import rules
from app.accounts.people.done import Done, Why
from app.core import addresses, audit, clock, transaction
from app.core.addresses import Address
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db
from app.mail.engine import engine
from app.mail.outbox import outbox


class NotRecovered(Refused):
    """The link leads to no new password; `link` says why."""

    def __init__(self, link: Link) -> None:
        super().__init__(link.value)
        self.link = link


@dataclass(frozen=True, slots=True)
class Look:
    """What a link to a new password is worth; whose it is only when it may be used."""

    link: Link
    email: str = ""
    at_least: int = 0


def ask(address: Address, locale: str, actor: Actor) -> None:
    """Queue the mail with the link when somebody who may sign in has this address.

    Asking again takes back a mail that has not left yet.
    """
    limits.spend(
        (limits.RECOVER_PER_IP, limits.origin(actor.ip)),
        (limits.RECOVER_PER_ADDRESS, limits.address_key(address.key)),
    )
    limits.spend_of_all(limits.RECOVER_BY_ALL, actor.ip)
    transaction.begin()
    # Columns, not the person: what is made of a row takes time that could be measured.
    columns = select(User.id, User.email, User.locale).where(User.email_key == address.key)
    owner = db.session.execute(columns.where(User.state == UserState.ACTIVE)).one_or_none()
    about = owner.id if owner else _number_of_nobody(address)
    outbox.cancel_about([users.RECOVERY], [about])
    outbox.enqueue(
        users.RECOVERY,
        about=about,
        to=addresses.parse(owner.email if owner else address.display).ascii,
        locale=owner.locale if owner else locale,
        occasion=tokens.new()[:16],
        is_for_nobody=owner is None,
    )
    target = f"user:{owner.id}" if owner else ""
    audit.record("user.recovery_requested", actor=actor, target=target)
    db.session.commit()
    engine.wake()


def _number_of_nobody(address: Address) -> int:
    """Return a number that no person has, another one for each address.

    One for all would make the mails about nobody the most of all, and looking through them slow.
    """
    return -(int(tokens.digest(address.key)[:7], 16) + 1)


def start(user_ids: Collection[int], actor: Actor) -> Done:
    """Queue the mail with the link for people who did not ask; nobody sees the link but they."""
    done = Done()
    transaction.begin()
    for user_id in sorted(user_ids):
        user = db.session.get(User, user_id, populate_existing=True, with_for_update=True)
        if user is None or not user.is_active:
            done.leave(user_id, Why.DISABLED if user else Why.GONE)
            continue
        outbox.cancel_about([users.RECOVERY], [user.id])
        users.notify(user, users.RECOVERY)
        audit.record("user.recovery_started", actor=actor, target=f"user:{user.id}")
        done.note(user.id)
    db.session.commit()
    engine.wake()
    return done


def look_at(token: str) -> Look:
    """Tell what a link is worth; changes nothing. A used link is as unknown as an altered one."""
    row = tokens.find_recovery(token)
    user = _owner(row)
    if row is None or user is None:
        return Look(Link.UNKNOWN)
    if row.expires_at <= clock.now():
        return Look(Link.EXPIRED)
    return Look(Link.USABLE, user.email, rules.least_for(user))


def recover(token: str, password: str, actor: Actor, browser: str = "") -> str:
    """Spend the link and give its owner the password; they sign in with it themselves.

    Return the secret of the browser: whoever has read the mail is a stranger no more, so that
    nobody who tries passwords elsewhere makes them wait.
    Raises `NotRecovered` when the link leads nowhere, `WeakPassword` when the policy refuses.
    """
    limits.spend((limits.FOLLOW_PER_IP, limits.origin(actor.ip)))
    look, user = look_at(token), _owner(tokens.find_recovery(token))
    if look.link is not Link.USABLE or user is None:
        raise NotRecovered(look.link)
    name, email, at_least = user.name, user.email, look.at_least
    db.session.commit()  # nothing of the database is held while the password is hashed
    password_hash = users.accepted(password, name, email, at_least)
    transaction.begin()
    user = _spend(token)
    users.put_password(user, password_hash)
    browser, _is_strange = known_browsers.note(user.id, browser)
    audit.record(
        "user.password_recovered",
        actor=actor,
        target=f"user:{user.id}",
        details={"password": "changed"},
    )
    db.session.commit()
    engine.wake()
    return browser


def _owner(row: RecoveryToken | None) -> User | None:
    """Whose link it is, unless they may not enter or have another address by now."""
    user = db.session.get(User, row.user_id) if row else None
    if row is None or user is None or not user.is_active:
        return None
    return user if user.email_key == row.email_key else None


def _spend(token: str) -> User:
    """Spend the link, once, and return its owner, held."""
    row = tokens.find_recovery(token)
    if row is not None:
        db.session.get(User, row.user_id, populate_existing=True, with_for_update=True)
        user = _owner(row)
        if user is not None and tokens.consume(row.digest, RecoveryToken):
            return user
    db.session.rollback()
    raise NotRecovered(Link.UNKNOWN)
