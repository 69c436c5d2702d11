"""Secrets that travel: random, one purpose each, stored as digests, spent once."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select, update

from app.accounts.models import (
    ActivationCode,
    ActivationToken,
    PendingRegistration,
    RecoveryToken,
    User,
)
from app.core import clock, site
from app.extensions import db

INVITATION_LIFETIME = timedelta(days=7)
RECOVERY_LIFETIME = timedelta(hours=1)
LIVE_LINKS = 3
LIVE_LINKS_OF_ONE_MAIL = 2
_LONGEST = 128

Token = TypeVar("Token", ActivationToken, RecoveryToken)
Table = type[ActivationToken] | type[RecoveryToken] | type[ActivationCode]


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


def find(token: str) -> ActivationToken | None:
    """Return the row of a link secret that is not spent; it may have expired."""
    return _find(ActivationToken, token)


def find_recovery(token: str) -> RecoveryToken | None:
    """Return the row of a link to a new password that is not spent; it may have expired."""
    return _find(RecoveryToken, token)


def consume(row_id: int, table: Table = ActivationToken) -> bool:
    """Spend a link; False when somebody was faster or its time is over."""
    spent = db.session.scalar(
        delete(table)
        .where(table.id == row_id, table.expires_at > clock.now())
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    return spent is not None


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
    _forget_beyond(LIVE_LINKS_OF_ONE_MAIL, table, owner_id, outbox_id)
    _forget_beyond(LIVE_LINKS, table, owner_id)


def _find(table: type[Token], token: str) -> Token | None:
    return db.session.scalar(select(table).where(table.digest == digest(token)))


def _forget_beyond(count: int, table: Table, owner_id: int, outbox_id: int | None = None) -> None:
    ids = select(table.id).where(table.owner_id == owner_id)
    if outbox_id is not None:
        ids = ids.where(table.outbox_id == outbox_id)
    old = db.session.scalars(ids.order_by(table.id.desc()).offset(count)).all()
    db.session.execute(
        delete(table).where(table.id.in_(old)).execution_options(synchronize_session=False)
    )
