"""The read side of people: lists by key, one person with everything about them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts import registration, sessions
from app.accounts.models import PendingRegistration, User, UserRole, UserSession, UserState
from app.accounts.people import words
from app.core import addresses, audit, pagination, transaction
from app.core.audit import Actor, AuditEntry
from app.core.errors import NotFound
from app.core.pagination import Cursor, Page
from app.core.prepared import PreparedQuery
from app.extensions import db
from app.mail.log import recipients
from app.mail.log.recipients import Fate
from app.mail.models import OutboxMessage

_MOST_COUNTED = 100
_MOST_CHOSEN = 200
_EXPORTED_AT_ONCE = 500
_EVENTS_SHOWN = 15
_EXPORTED = {"user": "user.exported", "registration": "registration.exported"}
ADDRESSES_CALLED = 5


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which people are looked for."""

    text: str = ""
    role: UserRole | None = None
    state: UserState | None = None


@dataclass(frozen=True, slots=True)
class PendingFilter:
    """Which attempts are looked for."""

    text: str = ""
    invited: bool | None = None
    mail: Fate | None = None


class Listed(NamedTuple):
    """Somebody as the list shows them; last here at `seen_at`, as far as a session still tells."""

    id: int
    name: str
    email: str
    role: str
    state: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with their mails, open sessions and what was written down about them."""

    user: User
    mails: Sequence[OutboxMessage]
    sessions: Sequence[UserSession]
    events: Sequence[AuditEntry]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that waits, the story of its mails, who invited, and who has the address."""

    pending: PendingRegistration
    mails: Sequence[OutboxMessage]
    inviter: User | None
    owner: User | None


# A page has many rows of which nothing is changed: bare tables, without the object layer.
_U: Final = cast(Table, User.__table__).c
_S: Final = cast(Table, UserSession.__table__).c
_P: Final = cast(Table, PendingRegistration.__table__).c
_SEEN_AT: Final = select(func.max(_S.seen_at)).where(_S.user_id == _U.id).scalar_subquery()
_LISTED: Final = select(_U.id, _U.name, _U.email, _U.role, _U.state, _SEEN_AT)
_EVERYBODY: Final = pagination.Whole(_LISTED, _U.id, Listed._make)
_SOME_PENDING: Final = select(_P.id).limit(_MOST_COUNTED).subquery()
_PENDING_COUNT: Final = PreparedQuery(select(func.count()).select_from(_SOME_PENDING))


def users(wanted: UserFilter, cursor: Cursor | None) -> Page[Listed]:
    """Return a page of people, the newest first."""
    if wanted == UserFilter():
        return pagination.page_by(_EVERYBODY.nearest, cursor)
    return pagination.page_of(_narrowed(_LISTED, wanted), User.id, cursor, fetch=_listed)


def pending(wanted: PendingFilter, cursor: Cursor | None) -> Page[Any]:
    """Return a page of attempts that wait, the newest first."""
    return pagination.page_of(_pending(wanted), PendingRegistration.id, cursor)


def pending_count() -> int:
    """Return how many attempts wait, counted up to a hundred."""
    ((count,),) = transaction.ask(_PENDING_COUNT)
    return int(count)


def newest_mails(pending_ids: Collection[int]) -> Mapping[int, OutboxMessage]:
    """Return the newest mail of each of these attempts."""
    return recipients.newest_about(registration.KINDS, pending_ids)


def chosen_users(user_ids: Collection[int]) -> Sequence[User]:
    """Return these people, by number."""
    some = sorted(user_ids)[:_MOST_CHOSEN]
    return db.session.scalars(select(User).where(User.id.in_(some)).order_by(User.id)).all()


def chosen_pending(pending_ids: Collection[int]) -> Sequence[PendingRegistration]:
    """Return these attempts, by number."""
    some = sorted(pending_ids)[:_MOST_CHOSEN]
    chosen = select(PendingRegistration).where(PendingRegistration.id.in_(some))
    return db.session.scalars(chosen.order_by(PendingRegistration.id)).all()


def person(user_id: int) -> Person:
    """Return somebody with everything about them; raise `NotFound`."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound(f"user {user_id}")
    return Person(
        user,
        recipients.last_to(addresses.parse(user.email).ascii),
        sessions.open_of(user.id),
        _events(f"user:{user.id}"),
    )


def attempt(pending_id: int) -> Attempt:
    """Return an attempt with the story of its mails; raise `NotFound`."""
    row = db.session.get(PendingRegistration, pending_id)
    if row is None:
        raise NotFound(f"registration {pending_id}")
    inviter = db.session.get(User, row.invited_by) if row.invited_by else None
    owner = db.session.scalar(select(User).where(User.email_key == row.email_key))
    return Attempt(row, recipients.all_about(registration.KINDS, row.id), inviter, owner)


def names(who: type[User] | type[PendingRegistration], ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of these people, or of these attempts; of those who are still there."""
    if not ids:
        return {}
    found = db.session.execute(select(who.id, who.name).where(who.id.in_(ids)))
    return {row.id: row.name for row in found}


def addresses_called(text: str, limit: int = ADDRESSES_CALLED) -> Sequence[str]:
    """Return the addresses of people who are found by these words, the newest first."""
    called = select(User.email).where(words.matching(User, text))
    return db.session.scalars(called.order_by(User.id.desc()).limit(limit)).all()


def every_user(wanted: UserFilter) -> Iterator[User]:
    """Give the people that match one after the other, a few at a time, the newest first."""
    for batch in _batches(_narrowed(select(User), wanted), User.id):
        yield from batch


def every_pending(
    wanted: PendingFilter,
) -> Iterator[tuple[PendingRegistration, OutboxMessage | None]]:
    """Give the attempts that match with the newest mail of each, the newest attempt first."""
    for batch in _batches(_pending(wanted), PendingRegistration.id):
        mails = newest_mails([one.id for one in batch])
        yield from ((one, mails.get(one.id)) for one in batch)


def note_export(what: str, actor: Actor) -> None:
    """Write down that somebody took a list away: `user` of people, `registration` of attempts."""
    transaction.begin()
    audit.record(_EXPORTED[what], actor=actor)
    db.session.commit()


def _batches(statement: Select[Any], key: InstrumentedAttribute[int]) -> Iterator[Sequence[Any]]:
    cursor: Cursor | None = None
    while True:
        page: Page[Any] = pagination.page_of(statement, key, cursor, size=_EXPORTED_AT_ONCE)
        yield page.items
        db.session.expunge_all()
        if page.older is None:
            return
        cursor = page.older


def _pending(wanted: PendingFilter) -> Select[Any]:
    statement = select(PendingRegistration).where(words.matching(PendingRegistration, wanted.text))
    if wanted.invited is not None:
        statement = statement.where(PendingRegistration.invited.is_(wanted.invited))
    if wanted.mail is not None:
        fares = recipients.fares(registration.KINDS, PendingRegistration.id, wanted.mail)
        statement = statement.where(fares)
    return statement


def _narrowed(people: Select[Any], wanted: UserFilter) -> Select[Any]:
    if wanted.text:
        people = people.where(words.matching(User, wanted.text))
    if wanted.role is not None:
        people = people.where(User.role == wanted.role)
    if wanted.state is not None:
        people = people.where(User.state == wanted.state)
    return people


def _listed(people: Select[Any]) -> list[Listed]:
    return [Listed._make(row) for row in transaction.run(people)]


def _events(target: str) -> Sequence[AuditEntry]:
    about = select(AuditEntry).where(AuditEntry.target == target)
    return db.session.scalars(about.order_by(AuditEntry.id.desc()).limit(_EVENTS_SHOWN)).all()
