"""What administrators must know, judged from the facts of a moment. Pure.

Where mail is off or not set up, nothing is known of the servers: what was said of them stands
until it can be judged again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.mail.models import Role
from app.mail.servers.breaker import Health, State
from app.mail.smtp.trouble import Stage

# So late may mail that is due be taken up before it is news; a worker needs seconds.
TOO_LATE = timedelta(minutes=15)


class Condition(StrEnum):
    """One thing that administrators must know, the worst first."""

    NOT_SET_UP = "not_set_up"
    SWITCHED_OFF = "switched_off"
    NO_ACTIVE_SERVER = "no_active_server"
    BOTH_DOWN = "both_down"
    NO_WORKER = "no_worker"
    SECONDARY_CARRIES = "secondary_carries"
    PRIMARY_DOWN = "primary_down"
    SECONDARY_DOWN = "secondary_down"
    CREDENTIALS_REFUSED = "credentials_refused"
    OLDEST_TOO_OLD = "oldest_too_old"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true now; `servers` are those that may be used, the primary first."""

    now: datetime
    is_set_up: bool
    is_on: bool
    servers: Sequence[Health]
    worker_alive: bool
    due_since: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A condition that holds: of which server, since when, and what that server said last."""

    condition: Condition
    since: datetime
    role: Role | None = None
    stage: str = ""
    cause: str = ""
    words: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what there is at most one open alert of."""
        return self.condition, self.role or ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What holds now, and of which conditions that can be said at all."""

    standing: tuple[Standing, ...]
    decided: frozenset[Condition]


_ALWAYS = frozenset({Condition.NOT_SET_UP, Condition.NO_WORKER})


def judge(facts: Facts) -> Judgement:
    """Return what administrators must know now."""
    found, decided = _settings(facts)
    worker = () if facts.worker_alive else (Standing(Condition.NO_WORKER, facts.now),)
    if found is not None:
        return Judgement((*worker, found), decided)
    standing = (*worker, *_servers(facts), *_lateness(facts))
    return Judgement(standing, frozenset(Condition))


def _settings(facts: Facts) -> tuple[Standing | None, frozenset[Condition]]:
    """Return what is missing in the settings, and how far one can see past it."""
    since = facts.changed_at or facts.now
    if not facts.is_set_up:
        return Standing(Condition.NOT_SET_UP, since), _ALWAYS
    if not facts.is_on:
        return Standing(Condition.SWITCHED_OFF, since), _ALWAYS | {Condition.SWITCHED_OFF}
    if not facts.servers:
        decided = _ALWAYS | {Condition.SWITCHED_OFF, Condition.NO_ACTIVE_SERVER}
        return Standing(Condition.NO_ACTIVE_SERVER, since), decided
    return None, frozenset(Condition)


def _servers(facts: Facts) -> Iterator[Standing]:
    down = [health for health in facts.servers if health.state is not State.CLOSED]
    for health in down:
        is_primary = health.role is Role.PRIMARY
        condition = Condition.PRIMARY_DOWN if is_primary else Condition.SECONDARY_DOWN
        yield _of(health, condition, facts.now)
        if _refuses_sign_in(health):
            yield _of(health, Condition.CREDENTIALS_REFUSED, facts.now)
    if down and len(down) == len(facts.servers):
        last = max(health.failing_since or facts.now for health in down)
        yield Standing(Condition.BOTH_DOWN, last)
    elif down and down[0].role is Role.PRIMARY:
        yield Standing(Condition.SECONDARY_CARRIES, down[0].failing_since or facts.now)


def _of(health: Health, condition: Condition, now: datetime) -> Standing:
    return Standing(
        condition,
        health.failing_since or now,
        health.role,
        health.last_failure_stage,
        health.last_failure_code,
        health.last_failure_reply,
    )


def _refuses_sign_in(health: Health) -> bool:
    """Tell whether the server said a lasting no to user name and password."""
    is_sign_in = health.last_failure_stage == Stage.SIGN_IN
    return is_sign_in and health.last_failure_reply.startswith("5")


def _lateness(facts: Facts) -> Iterator[Standing]:
    if facts.due_since and facts.now - facts.due_since > TOO_LATE:
        yield Standing(Condition.OLDEST_TOO_OLD, facts.due_since)
