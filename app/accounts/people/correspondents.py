"""Who is behind the addresses of the outbox: found by name, and told by what a mail is about."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select, union_all

from app.accounts import registration
from app.accounts.models import PendingRegistration, User
from app.accounts.people.words import PendingWord, UserWord
from app.core import addresses
from app.core.addresses import MAX_LENGTH, InvalidAddress
from app.extensions import db
from app.i18n.normalise import search_key

MOST = 20
_LAST = "\U0010ffff"
_ABOUT_ATTEMPTS = frozenset(registration.KINDS)


@dataclass(frozen=True, slots=True)
class Whom:
    """The person, or the attempt, that a mail is about."""

    name: str
    user_id: int | None = None
    pending_id: int | None = None


def addresses_of(text: str, limit: int = MOST) -> list[str]:
    """Return the addresses, without capitals, of people with such a name, the newest first."""
    key = search_key(text)[:MAX_LENGTH]
    if not key:
        return []
    some = (
        _found(User, UserWord, key, limit),
        _found(PendingRegistration, PendingWord, key, limit),
    )
    found = db.session.scalars(union_all(*(select(one.subquery()) for one in some)))
    return list(dict.fromkeys(_as_sent(address) for address in found))[:limit]


def whom(kind: str, about: int) -> Whom | None:
    """Return whom a mail is about; None when that is over or was never a person."""
    if kind not in _ABOUT_ATTEMPTS:
        user = db.session.get(User, about)
        return Whom(user.name, user_id=user.id) if user else None
    pending = db.session.get(PendingRegistration, about)
    return Whom(pending.name, pending_id=pending.id) if pending else None


def _found(
    who: type[User] | type[PendingRegistration],
    word: type[UserWord] | type[PendingWord],
    key: str,
    limit: int,
) -> Select[Any]:
    begun = select(word.owner_id).where(and_(word.word >= key, word.word < key + _LAST))
    owners = begun.limit(limit * 5)
    return select(who.email).where(who.id.in_(owners)).order_by(who.id.desc()).limit(limit)


def _as_sent(address: str) -> str:
    """Return an address as the outbox has it."""
    try:
        return addresses.parse(address).ascii.lower()
    except InvalidAddress:
        return address.lower()
