"""The circuit breaker of each server: a row in the database, shared by all workers.

Closed: the server is used. Open: it is left alone until `open_until`. Then one worker takes the
probe lease and tries a conversation without a message; success closes the breaker, and the next
mail goes to the primary again.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock, transaction
from app.extensions import db
from app.mail.diagnosis.circumstances import Circumstances
from app.mail.diagnosis.diagnosis import diagnose
from app.mail.diagnosis.replies import Verdict
from app.mail.models import Role, ServerHealth
from app.mail.smtp.trouble import Trouble

THRESHOLD = 3
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
CONFIGURATION_PAUSE = timedelta(minutes=10)
PROBE_LEASE = timedelta(seconds=60)
JITTER = 0.2
# While all is well, a success is noted every few seconds and not with every mail.
FRESH = timedelta(seconds=5)
_T = cast(Table, ServerHealth.__table__)
_HEALTH = _T.c
_TAKE_PROBE = (
    update(_T)
    .where(
        _HEALTH.role == bindparam("of_role"),
        _HEALTH.open_until <= bindparam("now"),
        or_(_HEALTH.probe_until.is_(None), _HEALTH.probe_until < bindparam("now")),
    )
    .values(probe_until=bindparam("until"))
)


class State(StrEnum):
    """What the breaker of a server says now."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one server, as a value."""

    role: Role
    state: State
    failing_since: datetime | None
    open_until: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure_stage: str
    last_failure_code: str
    last_failure_reply: str


def health(role: Role) -> Health:
    """Return what is known of a server."""
    return of_row(role, db.session.get(ServerHealth, role))


def of_row(role: Role, row: ServerHealth | None) -> Health:
    """Return what a row says of a server; without one, nothing is known."""
    row = row or ServerHealth(role=role)
    return Health(
        role=role,
        state=_state(row.open_until),
        failing_since=row.failing_since,
        open_until=row.open_until,
        last_success_at=row.last_success_at,
        last_failure_at=row.last_failure_at,
        last_failure_stage=row.last_failure_stage or "",
        last_failure_code=row.last_failure_code or "",
        last_failure_reply=row.last_failure_reply or "",
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Who may be asked, in order; of whom it is known that all is well; when a rest is over."""

    usable: tuple[Role, ...]
    well: frozenset[Role]
    first_probe: datetime | None = None


def standing(roles: Sequence[Role], rows: Mapping[Role, Any]) -> Standing:
    """Return what the rows of the servers' health say of these roles."""
    known = {role: row for role in roles if (row := rows[role]) is not None}
    rests = {role: row.open_until for role, row in known.items() if row.open_until is not None}
    fresh = clock.now() - FRESH
    well = {
        role
        for role, row in known.items()
        if not row.failures
        and role not in rests
        and row.last_success_at is not None
        and row.last_success_at > fresh
    }
    usable = tuple(role for role in roles if role not in rests)
    return Standing(usable, frozenset(well), min(rests.values(), default=None))


def usable(roles: Sequence[Role]) -> list[Role]:
    """Return the servers whose breaker is closed, in their order."""
    resting = set(db.session.scalars(select(ServerHealth.role).where(_is_open())))
    return [role for role in roles if role not in resting]


def succeed(role: Role) -> None:
    """Note, in the caller's transaction, that the server did its work; close its breaker."""
    row = _row(role)
    row.failures, row.failing_since = 0.0, None
    row.open_until, row.times_opened, row.probe_until = None, 0, None
    row.last_success_at = clock.now()


def fail(
    role: Role, verdict: Verdict, trouble: Trouble, around: Circumstances | None = None
) -> None:
    """Note a failure in the caller's transaction; open the breaker when it was one too many."""
    now = clock.now()
    row = _row(role)
    row.failures += verdict.strain
    row.failing_since = row.failing_since or now
    row.last_failure_at = now
    row.last_failure_stage = trouble.stage
    row.last_failure_code = diagnose(trouble, around).code
    row.last_failure_reply = str(trouble.reply or trouble.detail)[:500]
    row.probe_until = None
    if verdict.opens or row.failures >= THRESHOLD:
        row.open_until = now + _pause(row.times_opened, verdict)
        row.times_opened += 1


def stay_alive(role: Role) -> None:
    """Note, in the caller's transaction, that the server answered, though not with a yes."""
    known = db.session.get(ServerHealth, role)
    if known is None or not known.failures:
        return
    row = _row(role)
    row.failures, row.failing_since = 0.0, None


def reset(role: Role) -> None:
    """Close the breaker in the caller's transaction: the settings changed, or a test passed."""
    row = _row(role)
    row.failures, row.failing_since = 0.0, None
    row.open_until, row.times_opened, row.probe_until = None, 0, None


def take_probe(roles: Sequence[Role]) -> Role | None:
    """Take the lease to probe a server whose pause is over; commit. One worker gets it."""
    now = clock.now()
    for role in roles:
        with transaction.writing() as connection:
            values = {"of_role": role, "now": now, "until": now + PROBE_LEASE}
            taken = connection.execute(_TAKE_PROBE, values).rowcount
        if taken == 1:
            return role
    return None


def _state(open_until: datetime | None) -> State:
    if open_until is None:
        return State.CLOSED
    return State.OPEN if open_until > clock.now() else State.HALF_OPEN


def _is_open() -> ColumnElement[bool]:
    """Open or half-open: left alone until a probe has succeeded."""
    return ServerHealth.open_until.is_not(None)


def _pause(times_opened: int, verdict: Verdict) -> timedelta:
    if verdict.opens:
        return CONFIGURATION_PAUSE
    doubled = FIRST_PAUSE * (1 << min(times_opened, 10))
    pause = min(doubled, LONGEST_PAUSE)
    return pause * (1 + JITTER * (2 * random.random() - 1))


def _row(role: Role) -> ServerHealth:
    """Return the row of a server, made when there is none yet."""
    row = db.session.get(ServerHealth, role, with_for_update=True)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            db.session.add(ServerHealth(role=role, failures=0.0, times_opened=0))
    except IntegrityError:
        pass
    return db.session.get_one(ServerHealth, role, with_for_update=True)
