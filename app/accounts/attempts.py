"""The attempts to register with one address, held while one of them becomes an account."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, delete, select

from app.accounts import registration
from app.accounts.models import PendingRegistration
from app.core import transaction
from app.core.prepared import PreparedQuery

_PENDING = cast(Table, PendingRegistration.__table__)
_P = _PENDING.c
_HELD = PreparedQuery(
    select(_P.id, _P.name, _P.email, _P.email_key, _P.password_hash, _P.locale, _P.created_at)
    .where(_P.email_key == bindparam("key"))
    .order_by(_P.id)
    .with_for_update()
)
_CLOSING = delete(_PENDING).where(_P.id.in_(bindparam("numbers", expanding=True)))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What of an attempt becomes an account."""

    id: int
    name: str
    email: str
    email_key: str
    password_hash: str = field(repr=False)
    locale: str
    created_at: datetime


# Attempts by their numbers.
Held = Mapping[int, Attempt]


def hold(email_key: str) -> Held:
    """Hold every attempt of an address, always in one order, so that two presses queue up."""
    found = (Attempt(*row) for row in transaction.ask(_HELD, {"key": email_key}))
    return {attempt.id: attempt for attempt in found}


def hold_all(pending_ids: Collection[int]) -> None:
    """Hold whatever `hold` would for these attempts one by one, in the order of every `hold`."""
    keys = select(_P.email_key).where(_P.id.in_(pending_ids))
    theirs = select(_P.id).where(_P.email_key.in_(keys)).order_by(_P.id).with_for_update()
    transaction.run(theirs).all()


def close(held: Held) -> None:
    """Let go of attempts whose address now has its user; their links and codes go with them."""
    registration.cancel_mails(*held)
    transaction.run(_CLOSING, {"numbers": list(held)})
