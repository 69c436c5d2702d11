"""The words by which people are found, kept beside them: a search is a look into an index.

A word is a name or an address from one of its beginnings to its end, as `search_key` writes it:
«علی کریمی» is found by «علي‌كر» and by «کریمی», ali.karimi@example.com by karimi and by example.
The words are written here and nowhere else, whenever somebody is added or gets another name.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    delete,
    event,
    exists,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Mapper, mapped_column
from sqlalchemy.orm.attributes import get_history

from app.accounts.models import PendingRegistration, User
from app.core import transaction
from app.core.addresses import MAX_LENGTH
from app.extensions import Base, db
from app.i18n.normalise import ZWNJ, search_key

# Compared by code point everywhere, so that a prefix is a range of the index.
_Word: Final = String(MAX_LENGTH).with_variant(String(MAX_LENGTH, collation="C"), "postgresql")
_LAST: Final = "\U0010ffff"
_GAPS: Final = re.compile(rf"[\s{ZWNJ}.,،/_()«»\"'-]+")
_JOINTS: Final = re.compile(r"[@._+-]+")
_MOST_WORDS: Final = 12
_MOST_ASKED: Final = 5
# Up to here the index is asked who it is; beyond it every few rows match, and walking is quicker.
_RARE: Final = 1000
_AT_ONCE: Final = 500


class UserWord(Base):
    """One word by which somebody is found."""

    __tablename__ = "user_words"
    __table_args__ = (Index("ix_user_words_word", "word", "owner_id"),)

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[str] = mapped_column(_Word, primary_key=True)


class PendingWord(Base):
    """One word by which an attempt to register is found."""

    __tablename__ = "pending_words"
    __table_args__ = (Index("ix_pending_words_word", "word", "owner_id"),)

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("pending_registrations.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[str] = mapped_column(_Word, primary_key=True)


Person = User | PendingRegistration
Words = type[UserWord] | type[PendingWord]
_TABLES: Final[dict[type[Person], Words]] = {User: UserWord, PendingRegistration: PendingWord}
_ADDING: Final = {table: insert(table) for table in _TABLES.values()}


def matching(who: type[Person], text: str) -> ColumnElement[bool]:
    """Return the condition that somebody has these words, whole or begun, in any order."""
    asked = [key for part in text.split()[:_MOST_ASKED] if (key := search_key(part))]
    joined = search_key(text)[:MAX_LENGTH]
    if not asked:
        return who.id.is_not(None)
    table = _TABLES[who]
    has_all = and_(*(_has(table, who.id, key) for key in asked))
    found = has_all if len(asked) == 1 else or_(_has(table, who.id, joined), has_all)
    candidates = _candidates(table, joined, asked)
    return found if candidates is None else and_(who.id.in_(candidates), found)


def words_of(name: str, *addresses: str) -> set[str]:
    """Return the words of a person with this name and these addresses."""
    texts = {*_tails(name, _GAPS)}
    for address in addresses:
        texts.update(_tails(address, _JOINTS))
    return {key[:MAX_LENGTH] for text in texts if (key := search_key(text))}


def write_missing() -> int:
    """Write the words of those who came here before words were kept; commit, return how many."""
    written = 0
    for who, table in _TABLES.items():
        transaction.begin()
        wordless = ~exists().where(table.owner_id == who.id)
        people = _some(select(who).where(wordless).limit(_AT_ONCE))
        for person in people:
            _write(db.session.connection(), person)
        written += len(people)
        db.session.commit()
    return written


def _some(statement: Select[Any]) -> Sequence[Person]:
    return db.session.scalars(statement).all()


def _tails(text: str, joints: re.Pattern[str]) -> Iterator[str]:
    """The text, and what is left of it after each joint."""
    starts = [0, *(joint.end() for joint in joints.finditer(text))]
    return (text[start:] for start in starts[:_MOST_WORDS])


def _has(table: Words, owner: InstrumentedAttribute[int], key: str) -> ColumnElement[bool]:
    """Look this one person up. The offset keeps PostgreSQL from looking all people up instead."""
    words = select(table.word).where(table.owner_id == owner, _begins(table, key)).offset(0)
    return exists(words)


def _begins(table: Words, key: str) -> ColumnElement[bool]:
    return and_(table.word >= key, table.word < key + _LAST)


def _candidates(table: Words, joined: str, asked: list[str]) -> Select[Any] | None:
    """Everybody who can match at all, when they are few; None when they are many."""
    keys = list(dict.fromkeys([joined, *asked]))
    few = [key for key, count in zip(keys, _counts(table, keys), strict=True) if count < _RARE]
    driving = next((key for key in asked if key in few), None)
    if driving is None or joined not in few:
        return None
    either = or_(*(_begins(table, key) for key in {joined, driving}))
    return select(table.owner_id).where(either)


def _counts(table: Words, keys: Iterable[str]) -> list[int]:
    """How many words begin so, counted only as far as it matters; one question for all."""
    some = [select(table.word).where(_begins(table, key)).limit(_RARE).subquery() for key in keys]
    counts = [select(func.count()).select_from(one).scalar_subquery() for one in some]
    return list(db.session.execute(select(*counts)).one())


def _write(connection: Connection, person: Person) -> None:
    table = _TABLES[type(person)]
    words = words_of(person.name, person.email, person.email_key)
    rows = [{"owner_id": person.id, "word": word} for word in sorted(words)]
    connection.execute(_ADDING[table], rows)


@event.listens_for(User, "after_insert")
@event.listens_for(PendingRegistration, "after_insert")
def _note_new(_mapper: Mapper[Person], connection: Connection, person: Person) -> None:
    _write(connection, person)


@event.listens_for(User, "after_update")
@event.listens_for(PendingRegistration, "after_update")
def _note_change(_mapper: Mapper[Person], connection: Connection, person: Person) -> None:
    changed = (get_history(person, name).has_changes() for name in ("name", "email"))
    if any(changed):
        table = _TABLES[type(person)]
        connection.execute(delete(table).where(table.owner_id == person.id))
        _write(connection, person)
