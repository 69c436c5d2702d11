"""Secrets that travel: random, one purpose each, stored as digests, spent once."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table as BareTable
from sqlalchemy import bindparam, delete, insert, select, update

from app.accounts.models import (
    ActivationCode,
    ActivationToken,
    PendingRegistration,
    RecoveryToken,
    User,
)
from app.core import clock, site, transaction
from app.core.prepared import Prepared
from app.extensions import db

INVITATION_LIFETIME = timedelta(days=7)
RECOVERY_LIFETIME = timedelta(hours=1)
LIVE_LINKS = 3
LIVE_LINKS_OF_ONE_MAIL = 2
_LONGEST = 128

LinkTable = type[ActivationToken] | type[RecoveryToken]
Table = LinkTable | type[ActivationCode]

_BARE: dict[Table, BareTable] = {
    table: cast(BareTable, table.__table__)
    for table in (ActivationToken, RecoveryToken, ActivationCode)
}
# Of every mail, so they are built once.
_ADDING = {table: Prepared(insert(bare)) for table, bare in _BARE.items()}
_STARTING = {
    table: Prepared(update(bare).where(bare.c.outbox_id == bindparam("of_mail")))
    for table, bare in _BARE.items()
}
_SPENDING = {
    table: Prepared(
        delete(bare).where(bare.c.digest == bindparam("link"), bare.c.expires_at > bindparam("now"))
    )
    for table, bare in _BARE.items()
}
_FORGETTING = {
    table: delete(bare).where(table.owner_id.in_(bindparam("owners", expanding=True)))
    for table, bare in _BARE.items()
}
_NEWEST = {
    table: select(table.id, table.outbox_id)
    .where(table.owner_id == bindparam("of_owner"))
    .order_by(table.id.desc())
    for table in _BARE
}


def new() -> str:
    """Return 256 random bits that fit into a link."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token[:_LONGEST].encode("utf-8", "replace")).hexdigest()


def life_of_link(*, is_invitation: bool) -> timedelta:
    """Return how long the link of an attempt lives: an invitation is not waited for."""
    return INVITATION_LIFETIME if is_invitation else site.current().link_life


def issue(pending: PendingRegistration, outbox_id: int) -> str:
    """Make a link secret for one mail of the attempt; the oldest links beyond the cap die."""
    token, now = new(), clock.now()
    row = {
        "digest": digest(token),
        "pending_id": pending.id,
        "email_key": pending.email_key,
        "outbox_id": outbox_id,
        "issued_at": now,
        "expires_at": now + life_of_link(is_invitation=pending.invited),
    }
    add(ActivationToken, pending.id, row)
    return token


def issue_recovery(user: User, outbox_id: int) -> str:
    """Make a link secret for one mail about a new password; the oldest beyond the cap die."""
    token, now = new(), clock.now()
    row = {
        "digest": digest(token),
        "user_id": user.id,
        "email_key": user.email_key,
        "outbox_id": outbox_id,
        "issued_at": now,
        "expires_at": now + RECOVERY_LIFETIME,
    }
    add(RecoveryToken, user.id, row)
    return token


def find_recovery(token: str) -> RecoveryToken | None:
    """Return the row of a link to a new password that is not spent; it may have expired."""
    its_digest = RecoveryToken.digest == digest(token)
    return db.session.scalar(select(RecoveryToken).where(its_digest))


def consume(link: str, table: LinkTable = ActivationToken) -> bool:
    """Spend the link with this digest; False when somebody was faster or its time is over.

    Not by its number: the number of a link that is gone may be given to another one.
    """
    values = {"link": link, "now": clock.now()}
    return _SPENDING[table].run(db.session.connection(), values) == 1


def start_life(
    outbox_id: int, at: datetime, life: timedelta, table: Table = ActivationToken
) -> datetime:
    """Let the links of a mail live their full time from the moment a server took it."""
    ends = at + life
    began = {} if table is ActivationCode else {"issued_at": at}
    _STARTING[table].run(
        db.session.connection(), {"of_mail": outbox_id, "expires_at": ends, **began}
    )
    return ends


def forget(owner_ids: Collection[int], table: Table = ActivationToken) -> None:
    """Kill every link of these attempts, or of these people."""
    transaction.changed(_FORGETTING[table], {"owners": list(owner_ids)})


def add(table: Table, owner_id: int, row: Mapping[str, object]) -> None:
    """Add a row; the oldest of its owner die beyond the cap, and first those of the same mail."""
    _ADDING[table].run(db.session.connection(), row)
    newest = transaction.run(_NEWEST[table], {"of_owner": owner_id}).all()
    of_mail = [one.id for one in newest if one.outbox_id == row["outbox_id"]]
    too_old = set(of_mail[LIVE_LINKS_OF_ONE_MAIL:])
    too_old.update([one.id for one in newest if one.id not in too_old][LIVE_LINKS:])
    if too_old:
        db.session.execute(
            delete(table).where(table.id.in_(too_old)).execution_options(synchronize_session=False)
        )
