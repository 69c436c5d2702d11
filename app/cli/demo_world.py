"""The world of the demo, written in one transaction: people, registrations, mail, what was done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from random import Random
from typing import cast

from flask import current_app
from sqlalchemy import select

from app.accounts import tokens
from app.accounts.models import PendingRegistration, User, UserRole, UserState
from app.accounts.passwords import passwords
from app.cli import (
    demo_audit,
    demo_history,
    demo_people,
    demo_servers,
    demo_sessions,
    demo_site,
    demo_waiting,
)
from app.cli.demo_people import Somebody
from app.cli.demo_story import Story
from app.core import clock, site, transaction
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.status import traffic

SEEDED = "demo.seeded"
_BATCH = 200
_ADMINS = 2
_DISABLED = 3
_SINCE = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    people: int
    registrations: int
    mails: int
    alerts: int


def is_there() -> bool:
    """Tell whether the world was made before."""
    seeded = select(AuditEntry.id).where(AuditEntry.event == SEEDED).limit(1)
    return db.session.scalar(seeded) is not None


def real_people() -> list[str]:
    """Return some addresses that may belong to somebody."""
    found: list[str] = []
    for column in (User.email, PendingRegistration.email):
        found += [
            email
            for email in db.session.scalars(select(column))
            if not demo_people.is_reserved(email)
        ]
    return found


def make(count: int, seed: int, tick: Callable[[int], None]) -> Made:
    """Make the world; commit. `tick` hears of every step; there are `steps(count)`."""
    now, chance = clock.now(), Random(seed)
    somebody = demo_people.people(chance)
    known = list(islice(somebody, count))
    # Nobody knows the password: it is random and thrown away.
    password_hash = passwords.hashed(tokens.new())
    transaction.begin()
    demo_servers.remember(now)
    users = _users(known, password_hash, now, chance)
    demo_site.remember(users[0], now)
    tick(1)
    waiting = list(demo_waiting.register(somebody, password_hash, users[0], now, chance))
    kinds = list(cast(dict[str, object], current_app.extensions["peyk.kinds"]))
    came = {user.created_at: who for user, who in zip(users, known, strict=True)}
    told = list(demo_history.tell(came, kinds, now, chance))
    stories = sorted([*waiting, *told], key=lambda story: story.message.created_at)
    tick(1)
    for batch in _batches(stories):
        _write(batch)
        tick(1)
    for story in waiting:
        demo_waiting.give_link(story)
    db.session.add_all(demo_sessions.remember(users, now, chance))
    alerts = demo_servers.alerts(now)
    db.session.add_all(alerts)
    demo_audit.write(
        chain(
            [demo_audit.entry(SEEDED, now, "console")],
            demo_audit.tell(users, waiting, told, alerts, now),
            demo_site.tell(users[0], now),
        )
    )
    db.session.commit()
    site.forget()
    traffic.roll_up()
    return Made(len(users), len(waiting), len(stories), len(alerts))


def _users(
    known: Sequence[Somebody], password_hash: str, now: datetime, chance: Random
) -> list[User]:
    """Add the people, those who came first at the beginning."""
    came = sorted(now - _SINCE * chance.random() ** 1.5 for _somebody in known)
    users = [
        User(
            name=who.name,
            email=who.address.display,
            email_key=who.address.key,
            password_hash=password_hash,
            role=UserRole.ADMIN if number < _ADMINS else UserRole.USER,
            state=UserState.DISABLED if number % 37 == _DISABLED else UserState.ACTIVE,
            locale=who.locale,
            created_at=at,
            activated_at=at,
        )
        for number, (who, at) in enumerate(zip(known, came, strict=True))
    ]
    db.session.add_all(users)
    db.session.flush()
    return users


def _batches(stories: Sequence[Story]) -> Iterator[Sequence[Story]]:
    for start in range(0, len(stories), _BATCH):
        yield stories[start : start + _BATCH]


def _write(stories: Sequence[Story]) -> None:
    """Write messages first, for their numbers, then the attempts of each."""
    db.session.add_all(story.message for story in stories)
    db.session.flush()
    for story in stories:
        for attempt in story.attempts:
            attempt.outbox_id = story.message.id
        db.session.add_all(story.attempts)
    db.session.flush()
