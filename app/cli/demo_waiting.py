"""Registrations of the demo in every state, each with the mail that explains it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from random import Random

from app.accounts import registration, tokens
from app.accounts.models import ActivationToken, PendingRegistration, User
from app.cli.demo_history import TRIPPED_FOR
from app.cli.demo_people import Somebody
from app.cli.demo_story import (
    BROKEN_OFF,
    FULL,
    GREYLISTED,
    UNKNOWN_MAILBOX,
    Story,
    begin,
    seconds,
)
from app.core import addresses, site
from app.extensions import db
from app.mail.models import OutboxState, Role
from app.mail.outbox import retry
from app.mail.servers.failover import Fate

_SECONDARY = Role.SECONDARY
# The other process that seems to be sending just now.
OWNER = "demo"
Ending = Callable[[Story, datetime], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A state in which a registration may be: how long ago it began, and how its mail fared."""

    ago: timedelta
    ending: Ending
    kind: str = registration.ACTIVATION


def _deferred(story: Story, now: datetime) -> None:
    story.defer(_SECONDARY, GREYLISTED, story.message.created_at + seconds(story.chance), now)
    story.message.due_at = now + timedelta(minutes=story.chance.uniform(6, 40))
    story.message.next_server = _SECONDARY


def _fresh(story: Story, now: datetime) -> None:
    story.message.due_at = now + timedelta(minutes=3)


def _sending(story: Story, now: datetime) -> None:
    story.message.state, story.message.owner = OutboxState.SENDING, OWNER
    story.message.lease_until, story.message.claims = now + timedelta(minutes=10), 1


def _unknown(story: Story, now: datetime) -> None:
    at = now - timedelta(minutes=4)
    story.ask(_SECONDARY, BROKEN_OFF, at, Fate.UNKNOWN)
    story.message.state, story.message.unknown_server = OutboxState.UNKNOWN, _SECONDARY
    story.message.due_at = at + retry.UNKNOWN_HOLD


def _no_mailbox(story: Story, _now: datetime) -> None:
    story.refuse(_SECONDARY, UNKNOWN_MAILBOX, story.message.created_at + seconds(story.chance))


def _full(story: Story, _now: datetime) -> None:
    story.refuse(_SECONDARY, FULL, story.message.created_at + seconds(story.chance))


def _expired(story: Story, _now: datetime) -> None:
    story.defer(Role.PRIMARY, GREYLISTED, story.message.created_at, story.message.expires_at)
    story.end(OutboxState.EXPIRED, story.message.expires_at)


def _accepted(story: Story, now: datetime) -> None:
    is_tripped = now - story.message.created_at < TRIPPED_FOR
    role = _SECONDARY if is_tripped else Role.PRIMARY
    story.accept(role, story.message.created_at + seconds(story.chance))


def _cancelled(story: Story, _now: datetime) -> None:
    story.end(OutboxState.CANCELLED, story.message.created_at + timedelta(minutes=9))
    story.message.last_outcome = "by_hand"


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


CASES = (
    Case(_minutes(190), _deferred),
    Case(_minutes(74), _deferred),
    Case(_minutes(41), _deferred, registration.INVITATION),
    Case(_minutes(12), _deferred),
    Case(_minutes(5), _unknown),
    Case(_minutes(2), _sending),
    Case(_minutes(1), _fresh),
    Case(timedelta(hours=20), _no_mailbox),
    Case(timedelta(hours=9), _full),
    Case(timedelta(days=4), _expired),
    Case(timedelta(days=3), _cancelled),
    Case(timedelta(hours=2), _accepted),
    Case(timedelta(hours=7), _accepted),
    Case(timedelta(hours=16), _accepted, registration.INVITATION),
    Case(timedelta(days=2), _accepted),
    Case(timedelta(days=5), _accepted),
)


def register(
    people: Iterator[Somebody], password_hash: str, owner: User, now: datetime, chance: Random
) -> Iterator[Story]:
    """Add the registrations to the caller's transaction; yield their mails."""
    for case in sorted(CASES, key=attrgetter("ago"), reverse=True):
        yield _register(next(people), case, password_hash, now, chance)
    known = Somebody(owner.name, addresses.parse(owner.email), owner.locale)
    pending = _attempt(known, password_hash, now - _minutes(0.5))
    pending.user_id = owner.id
    db.session.add(pending)
    db.session.flush()
    story = begin(
        registration.ALREADY_REGISTERED, known, pending.created_at, chance, about=pending.id
    )
    _accepted(story, now)
    yield story


def give_link(story: Story) -> None:
    """Add the link that lay in an accepted mail; nobody knows its secret."""
    message = story.message
    if message.state != OutboxState.SENT or message.kind == registration.ALREADY_REGISTERED:
        return
    pending = db.session.get_one(PendingRegistration, message.about)
    at = message.finished_at or message.created_at
    db.session.add(
        ActivationToken(
            digest=tokens.digest(tokens.new()),
            pending_id=pending.id,
            email_key=pending.email_key,
            outbox_id=message.id,
            issued_at=at,
            expires_at=at + site.current().link_life,
        )
    )


def _register(
    who: Somebody, case: Case, password_hash: str, now: datetime, chance: Random
) -> Story:
    at = now - case.ago
    pending = _attempt(who, password_hash, at)
    if case.kind == registration.INVITATION:
        pending.invited, pending.password_hash = True, ""
    db.session.add(pending)
    db.session.flush()
    story = begin(case.kind, who, at, chance, about=pending.id)
    case.ending(story, now)
    return story


def _attempt(who: Somebody, password_hash: str, at: datetime) -> PendingRegistration:
    return PendingRegistration(
        name=who.name,
        email=who.address.display,
        email_key=who.address.key,
        password_hash=password_hash,
        locale=who.locale,
        created_at=at,
        keep_until=at + registration.KEPT,
        handle_digest=tokens.digest(tokens.new()),
        mail_requested_at=at,
    )
