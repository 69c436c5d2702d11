"""Secrets that travel: random, one purpose each, stored as digests, spent once."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts.models import (
    ActivationCode,
    ActivationToken,
    PendingRegistration,
    RecoveryToken,
    User,
)
from app.core import clock, site, transaction
from app.extensions import db

INVITATION_LIFETIME = timedelta(days=7)
RECOVERY_LIFETIME = timedelta(hours=1)
LIVE_LINKS = 3
LIVE_LINKS_OF_ONE_MAIL = 2
_LONGEST = 128

LinkTable = type[ActivationToken] | type[RecoveryToken]
Table = LinkTable | type[ActivationCode]


def new() -> str:
    """Return 256 random bits that fit into a link."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token[:_LONGEST].encode("utf-8", "replace")).hexdigest()


def life_of(pending: PendingRegistration) -> timedelta:
    """Return how long a link of this attempt lives: an invitation is not waited for."""
    return INVITATION_LIFETIME if pending.invited else site.current().link_life


def issue(pending: PendingRegistration, outbox_id: int) -> str:
    """Make a link secret for one mail of the attempt; the oldest links beyond the cap die."""
    token, now = new(), clock.now()
    db.session.add(
        ActivationToken(
            digest=digest(token),
            pending_id=pending.id,
            email_key=pending.email_key,
            outbox_id=outbox_id,
            issued_at=now,
            expires_at=now + life_of(pending),
        )
    )
    keep_newest(ActivationToken, pending.id, outbox_id)
    return token


def issue_recovery(user: User, outbox_id: int) -> str:
    """Make a link secret for one mail about a new password; the oldest beyond the cap die."""
    token, now = new(), clock.now()
    db.session.add(
        RecoveryToken(
            digest=digest(token),
            user_id=user.id,
            email_key=user.email_key,
            outbox_id=outbox_id,
            issued_at=now,
            expires_at=now + RECOVERY_LIFETIME,
        )
    )
    keep_newest(RecoveryToken, user.id, outbox_id)
    return token


def find_recovery(token: str) -> RecoveryToken | None:
    """Return the row of a link to a new password that is not spent; it may have expired."""
    its_digest = RecoveryToken.digest == digest(token)
    return db.session.scalar(select(RecoveryToken).where(its_digest))


def consume(link: str, table: LinkTable = ActivationToken) -> bool:
    """Spend the link with this digest; False when somebody was faster or its time is over.

    Not by its number: the number of a link that is gone may be given to another one.
    """
    spent = transaction.changed(
        delete(table)
        .where(table.digest == link, table.expires_at > clock.now())
        .execution_options(synchronize_session=False)
    )
    return spent == 1


def start_life(
    outbox_id: int, at: datetime, life: timedelta, table: Table = ActivationToken
) -> datetime:
    """Let the links of a mail live their full time from the moment a server took it."""
    ends = at + life
    began = {} if table is ActivationCode else {"issued_at": at}
    db.session.execute(
        update(table)
        .where(table.outbox_id == outbox_id)
        .values(expires_at=ends, **began)
        .execution_options(synchronize_session=False)
    )
    return ends


def forget(owner_ids: Collection[int], table: Table = ActivationToken) -> None:
    """Kill every link of these attempts, or of these people."""
    db.session.execute(
        delete(table)
        .where(table.owner_id.in_(owner_ids))
        .execution_options(synchronize_session=False)
    )


def keep_newest(table: Table, owner_id: int, outbox_id: int) -> None:
    """Let the oldest of an owner die beyond the cap, and first those of the same mail."""
    db.session.flush()
    numbers = select(table.id, table.outbox_id).where(table.owner_id == owner_id)
    newest = db.session.execute(numbers.order_by(table.id.desc())).all()
    of_mail = [number for number, mail in newest if mail == outbox_id]
    too_old = set(of_mail[LIVE_LINKS_OF_ONE_MAIL:])
    too_old.update([number for number, _mail in newest if number not in too_old][LIVE_LINKS:])
    if too_old:
        db.session.execute(
            delete(table).where(table.id.in_(too_old)).execution_options(synchronize_session=False)
        )
