"""What people decide about messages: try now, cancel, take as sent, send a fresh copy.

Each is one transaction with one audit entry, however many messages it is about; beside that every
message that was changed remembers who decided what, so that its story can tell.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from app.core import audit, clock, transaction
from app.extensions import db
from app.mail import kinds
from app.mail.engine import engine
from app.mail.kinds import MailRequest
from app.mail.models import OPEN_STATES, OutboxDeed, OutboxMessage, OutboxState
from app.mail.outbox import retry
from app.mail.outbox.abandoned import CRASH_LOOP

# Given up, but not because somebody wanted it.
GIVEN_UP = (OutboxState.FAILED, OutboxState.EXPIRED)
_NAMED_IN_AUDIT = 50
_M = OutboxMessage


class Deed(StrEnum):
    """What may be decided about a message."""

    RETRY = "retry"
    CANCEL = "cancel"
    SETTLE = "settle"
    RESEND = "resend"


# Only in these states it can be decided so.
POSSIBLE_IN: Final = {
    Deed.RETRY: (*OPEN_STATES, *GIVEN_UP),
    Deed.CANCEL: OPEN_STATES,
    Deed.SETTLE: (OutboxState.UNKNOWN,),
    Deed.RESEND: (OutboxState.SENT, *GIVEN_UP, OutboxState.CANCELLED),
}
# A copy remembers of what it is one.
COPY = "copy"


def decide(deed: Deed, ids: Sequence[int], actor: audit.Actor) -> int:
    """Do it to those of the messages that allow it, and return how many did; commit."""
    return _DEEDS[deed](ids, actor)


def retry_now(ids: Sequence[int], actor: audit.Actor) -> int:
    """Let waiting messages be tried now, and those that were given up from the start; commit."""
    transaction.begin()
    now = clock.now()
    changed = _change(ids, _M.state.in_(OPEN_STATES), due_at=now)
    changed += _change(
        ids,
        _M.state.in_(GIVEN_UP),
        state=OutboxState.QUEUED,
        due_at=now,
        expires_at=now + retry.LIFETIME,
        finished_at=None,
        rounds=0,
        claims=0,
        next_server=None,
        unknown_server=None,
        may_be_duplicate=or_(_M.may_be_duplicate, _may_have_arrived()),
    )
    _write_down(Deed.RETRY, "outbox.retried", ids, changed, actor)
    db.session.commit()
    engine.wake()
    return len(changed)


def cancel(ids: Sequence[int], actor: audit.Actor) -> int:
    """Cancel the messages that wait and that no worker is busy with; commit."""
    transaction.begin()
    changed = _change(
        ids,
        _M.state.in_(OPEN_STATES),
        state=OutboxState.CANCELLED,
        finished_at=clock.now(),
        last_outcome="by_hand",
    )
    _write_down(Deed.CANCEL, "outbox.cancelled", ids, changed, actor)
    db.session.commit()
    return len(changed)


def settle(ids: Sequence[int], actor: audit.Actor) -> int:
    """Take messages of unknown fate as sent, with all that follows from it; commit.

    A link lives its full time from this decision on.
    """
    transaction.begin()
    now = clock.now()
    changed = _change(
        ids,
        _M.state == OutboxState.UNKNOWN,
        state=OutboxState.SENT,
        finished_at=now,
        sent_by=_M.unknown_server,
        last_outcome="by_hand",
    )
    for row in changed:
        if accepted := kinds.accepted(row.kind):
            accepted(MailRequest(row.id, row.about, row.recipient, row.locale), now)
    _write_down(Deed.SETTLE, "outbox.settled", ids, changed, actor)
    db.session.commit()
    return len(changed)


def resend(ids: Sequence[int], actor: audit.Actor) -> int:
    """Ask for a fresh mail of the kind of each, about the same thing, once for each thing; commit.

    What has lost its point, and kinds that nobody else may ask for, are left out.
    """
    transaction.begin()
    found = select(_M.id, _M.kind, _M.about).where(
        _M.id.in_(ids), _M.state.in_(POSSIBLE_IN[Deed.RESEND])
    )
    newest = {(row.kind, row.about): row for row in db.session.execute(found.order_by(_M.id))}
    sent = [row for row in newest.values() if _sent_again(row, actor)]
    _audit("outbox.resent", ids, len(sent), actor)
    db.session.commit()
    engine.wake()
    return len(sent)


_DEEDS: Final = {
    Deed.RETRY: retry_now,
    Deed.CANCEL: cancel,
    Deed.SETTLE: settle,
    Deed.RESEND: resend,
}


def _sent_again(row: Any, actor: audit.Actor) -> bool:
    again = kinds.again(row.kind)
    fresh = again(row.about) if again else None
    if fresh is None:
        return False
    _remember(Deed.RESEND, [(row.id, fresh)], actor)
    _remember(COPY, [(fresh, row.id)], actor)
    return True


def _change(ids: Sequence[int], condition: ColumnElement[bool], **values: object) -> list[Any]:
    changed = (
        update(_M)
        .where(and_(_M.id.in_(ids), condition))
        .values(**values)
        .returning(_M.id, _M.kind, _M.about, _M.recipient, _M.locale)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.execute(changed).all())


def _may_have_arrived() -> ColumnElement[bool]:
    return _M.last_outcome.in_(("unknown", CRASH_LOOP))


def _write_down(
    deed: Deed, event: str, ids: Sequence[int], changed: Sequence[Any], actor: audit.Actor
) -> None:
    _remember(deed, [(row.id, None) for row in changed], actor)
    _audit(event, ids, len(changed), actor)


def _remember(deed: str, which: Sequence[tuple[int, int | None]], actor: audit.Actor) -> None:
    common = {"at": clock.now(), "deed": str(deed), "actor": actor.label}
    rows = [{"outbox_id": number, "other_id": other, **common} for number, other in which]
    if rows:
        db.session.execute(insert(OutboxDeed), rows)


def _audit(event: str, ids: Sequence[int], changed: int, actor: audit.Actor) -> None:
    if changed:
        details = {"messages": changed, "asked_for": list(ids[:_NAMED_IN_AUDIT])}
        target = f"outbox:{ids[0]}" if len(ids) == 1 else "outbox"
        audit.record(event, actor=actor, target=target, details=details)
