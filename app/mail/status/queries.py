"""The read side: what waits, whether mail is disturbed, who is alive."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from app.core import clock
from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState, Role, WorkerHeartbeat
from app.mail.servers import connections
from app.mail.servers.conditions import Test
from app.mail.status import glance
from app.mail.status.glance import Glance

WORKER_SILENCE = timedelta(seconds=60)
_WAITING = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)


class Situation(StrEnum):
    """How mail stands, in a word; the worst that is true."""

    OFF = "off"
    NOT_SET_UP = "not_set_up"
    NO_ACTIVE_SERVER = "no_active_server"
    NO_SERVER_WORKS = "no_server_works"
    NO_WORKER = "no_worker"
    SECONDARY_CARRIES = "secondary_carries"
    SECONDARY_FAILS = "secondary_fails"
    NOT_TESTED = "not_tested"
    WORKS = "works"


# With these nobody gets mail now.
DISTURBED = frozenset(
    {
        Situation.OFF,
        Situation.NOT_SET_UP,
        Situation.NO_ACTIVE_SERVER,
        Situation.NO_SERVER_WORKS,
        Situation.NO_WORKER,
    }
)


@dataclass(frozen=True, slots=True)
class Overview:
    """How mail stands: since when, how many wait, and what the failing server said last."""

    situation: Situation
    waiting: int = 0
    since: datetime | None = None
    failing: Role | None = None
    last_stage: str = ""
    last_cause: str = ""
    last_reply: str = ""
    seen: Glance | None = field(default=None, repr=False, compare=False)

    @property
    def is_disturbed(self) -> bool:
        """Tell whether nobody gets mail now."""
        return self.situation in DISTURBED


def overview() -> Overview:
    """Return how mail stands now: one query."""
    seen = glance.look()
    return replace(_judged(seen), waiting=seen.waiting, seen=seen)


def is_disturbed() -> bool:
    """Tell whether nobody gets mail now."""
    return overview().is_disturbed


def waiting_count() -> int:
    """Return how many mails are decided and not yet accepted by a server."""
    count = select(func.count()).where(OutboxMessage.state.in_(_WAITING))
    return int(db.session.scalar(count) or 0)


def worker_alive() -> bool:
    """Tell whether any worker has left a sign of life in the last minute."""
    seen = db.session.scalar(select(func.max(WorkerHeartbeat.seen_at)))
    return _is_fresh(seen)


def newest_state(kinds: tuple[str, ...], about: int) -> str | None:
    """Return where the newest mail of those kinds about that thing stands; None without one."""
    return db.session.scalar(
        select(OutboxMessage.state)
        .where(OutboxMessage.kind.in_(kinds), OutboxMessage.about == about)
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )


def _judged(seen: Glance) -> Overview:
    settings = seen.settings
    if not any(server.host for server in settings.servers) or not settings.sender_address:
        return Overview(Situation.NOT_SET_UP)
    if not settings.smtp_active:
        return Overview(Situation.OFF, since=settings.updated_at)
    roles = connections.active_roles(settings)
    if not roles:
        return Overview(Situation.NO_ACTIVE_SERVER, since=settings.updated_at)
    return _working(seen, roles)


def _working(seen: Glance, roles: list[Role]) -> Overview:
    failing = [role for role in roles if seen.is_resting(role)]
    if len(failing) == len(roles):
        return _with_cause(Situation.NO_SERVER_WORKS, seen, roles[0])
    if not _is_fresh(seen.worker_seen_at):
        return Overview(Situation.NO_WORKER)
    if failing:
        carried = failing[0] is Role.PRIMARY
        situation = Situation.SECONDARY_CARRIES if carried else Situation.SECONDARY_FAILS
        return _with_cause(situation, seen, failing[0])
    return Overview(_tested(seen, roles))


def _with_cause(situation: Situation, seen: Glance, role: Role) -> Overview:
    health = seen.conditions[role].health
    return Overview(
        situation,
        since=health.failing_since,
        failing=role,
        last_stage=health.last_failure_stage,
        last_cause=health.last_failure_code,
        last_reply=health.last_failure_reply,
    )


def _tested(seen: Glance, roles: list[Role]) -> Situation:
    """Works, unless an active server has neither passed its test nor delivered anything yet."""
    for condition in (seen.conditions[role] for role in roles):
        if condition.test is not Test.PASSED and condition.health.last_success_at is None:
            return Situation.NOT_TESTED
    return Situation.WORKS


def _is_fresh(seen_at: datetime | None) -> bool:
    return seen_at is not None and clock.now() - seen_at < WORKER_SILENCE
