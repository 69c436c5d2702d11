"""Thirty days of mail for the demo: busy mornings, quiet Fridays, and what went wrong."""

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.accounts import registration
from app.cli.demo_people import Somebody
from app.cli.demo_story import (
    BUSY,
    FULL,
    GREYLISTED,
    SIGN_IN_REFUSED,
    SILENT,
    UNKNOWN_MAILBOX,
    Answer,
    Story,
    begin,
    seconds,
)
from app.i18n.formats import zone
from app.mail.models import Role

DAYS = 30
TRIPPED_FOR = timedelta(hours=5)
_A_DAY = 62
# How much of a day's mail is asked for in each hour of the site's clock.
_CURVE = (3, 2, 1, 1, 1, 1, 2, 5, 10, 14, 15, 14, 11, 9, 8, 8, 9, 10, 10, 11, 12, 11, 8, 5)
# Monday first: Thursday is half a day, Friday is free.
_WEEK = (1.0, 1.0, 0.95, 0.7, 0.5, 1.05, 1.1)
_KINDS = {
    registration.ACTIVATION: 50,
    "recovery": 26,
    "password_changed": 12,
    registration.ALREADY_REGISTERED: 7,
    registration.INVITATION: 5,
}
_RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outage:
    """A server did not work for a while, and why."""

    role: Role
    begun: datetime
    ended: datetime
    answer: Answer

    def lasts(self, at: datetime) -> bool:
        """Tell whether it was so at that moment."""
        return self.begun <= at < self.ended


def outages(now: datetime) -> list[Outage]:
    """Return what went wrong in these thirty days; the last one is not over."""
    soon = now + timedelta(days=1)
    week, month = now - timedelta(days=5, hours=3), now - timedelta(days=17, hours=6)
    hour = timedelta(hours=1)
    return [
        Outage(Role.PRIMARY, month, month + 7 * hour, SILENT),
        Outage(Role.PRIMARY, week, week + 4 * hour, BUSY),
        Outage(Role.SECONDARY, week + hour, week + 3 * hour, SILENT),
        Outage(Role.PRIMARY, now - TRIPPED_FOR, soon, SIGN_IN_REFUSED),
    ]


def moments(now: datetime, chance: Random) -> Iterator[datetime]:
    """Yield when mail was asked for, day after day."""
    midnight = now.astimezone(zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(DAYS, -1, -1):
        day = midnight - timedelta(days=back)
        growth = 1.15 - 0.4 * back / DAYS
        wanted = _A_DAY * _WEEK[day.weekday()] * growth * chance.uniform(0.85, 1.15)
        for hour in chance.choices(range(len(_CURVE)), _CURVE, k=round(wanted)):
            at = day + timedelta(hours=hour, seconds=chance.uniform(0, 3600))
            if at < now - timedelta(minutes=2):
                yield at


def tell(
    people: Mapping[datetime, Somebody], kinds: Sequence[str], now: datetime, chance: Random
) -> Iterator[Story]:
    """Yield the story of each mail; `people` by when they came, the first of them first."""
    everybody, came = list(people.values()), list(people)
    went_wrong = outages(now)
    known = [kind for kind in _KINDS if kind in kinds]
    weights = [_KINDS[kind] for kind in known]
    for at in moments(now, chance):
        kind = chance.choices(known, weights)[0]
        there = everybody[: bisect(came, at)] or everybody[:1]
        story = begin(kind, chance.choice(there), at, chance)
        _deliver(story, at + seconds(chance), went_wrong, now)
        yield story


def _deliver(story: Story, at: datetime, went_wrong: Sequence[Outage], now: datetime) -> None:
    chance, luck = story.chance, story.chance.random()
    while both := _both_out(went_wrong, at):
        story.ask(Role.PRIMARY, both[0].answer, at)
        until = at + timedelta(minutes=chance.uniform(8, 30))
        story.defer(Role.SECONDARY, both[1].answer, at + seconds(chance, 8, 12), until)
        at = until
    role = _ask_around(story, at, went_wrong)
    if luck < 0.008:
        story.refuse(role, chance.choice([UNKNOWN_MAILBOX, UNKNOWN_MAILBOX, FULL]), at)
        return
    if luck < 0.04 and at < now - _RECENT:
        until = at + timedelta(minutes=chance.uniform(5, 9))
        story.defer(role, GREYLISTED, at, until)
        at = until
    story.accept(role, at)


def _ask_around(story: Story, at: datetime, went_wrong: Sequence[Outage]) -> Role:
    """Return who is there; now and then the breaker has to find out anew who is not."""
    out = next((one for one in went_wrong if one.role is Role.PRIMARY and one.lasts(at)), None)
    if out is None:
        return Role.PRIMARY
    if story.chance.random() < 0.12 or at - out.begun < timedelta(minutes=10):
        story.ask(Role.PRIMARY, out.answer, at - seconds(story.chance))
    return Role.SECONDARY


def _both_out(went_wrong: Sequence[Outage], at: datetime) -> list[Outage]:
    out = {one.role: one for one in went_wrong if one.lasts(at)}
    return [out[role] for role in Role] if len(out) == len(Role) else []
