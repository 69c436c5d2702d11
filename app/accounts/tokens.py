"""Secrets that travel: random, one purpose each, stored as digests, spent once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts.models import ActivationToken, PendingRegistration
from app.core import clock
from app.extensions import db

LIFETIME = timedelta(hours=24)
LIVE_LINKS = 3
LIVE_LINKS_OF_ONE_MAIL = 2
_LONGEST = 128


def new() -> str:
    """Return 256 random bits that fit into a link."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token[:_LONGEST].encode("utf-8", "replace")).hexdigest()


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
            expires_at=now + LIFETIME,
        )
    )
    db.session.flush()
    _forget_beyond(LIVE_LINKS_OF_ONE_MAIL, pending.id, outbox_id)
    _forget_beyond(LIVE_LINKS, pending.id)
    return token


def find(token: str) -> ActivationToken | None:
    """Return the row of a link secret that is not spent; it may have expired."""
    return db.session.scalar(select(ActivationToken).where(ActivationToken.digest == digest(token)))


def consume(row_id: int) -> bool:
    """Spend a link; False when somebody was faster or its time is over."""
    spent = db.session.scalar(
        delete(ActivationToken)
        .where(ActivationToken.id == row_id, ActivationToken.expires_at > clock.now())
        .returning(ActivationToken.id)
        .execution_options(synchronize_session=False)
    )
    return spent is not None


def start_life(outbox_id: int, at: datetime) -> datetime:
    """Let the links of a mail live their full time from the moment a server took it."""
    ends = at + LIFETIME
    db.session.execute(
        update(ActivationToken)
        .where(ActivationToken.outbox_id == outbox_id)
        .values(expires_at=ends)
        .execution_options(synchronize_session=False)
    )
    return ends


def forget(pending_ids: list[int]) -> None:
    """Kill every link of these attempts."""
    db.session.execute(
        delete(ActivationToken)
        .where(ActivationToken.pending_id.in_(pending_ids))
        .execution_options(synchronize_session=False)
    )


def _forget_beyond(count: int, pending_id: int, outbox_id: int | None = None) -> None:
    ids = select(ActivationToken.id).where(ActivationToken.pending_id == pending_id)
    if outbox_id is not None:
        ids = ids.where(ActivationToken.outbox_id == outbox_id)
    old = db.session.scalars(ids.order_by(ActivationToken.id.desc()).offset(count)).all()
    db.session.execute(
        delete(ActivationToken)
        .where(ActivationToken.id.in_(old))
        .execution_options(synchronize_session=False)
    )
