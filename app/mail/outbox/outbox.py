"""The outbox as the rest of Peyk sees it: put a mail in, take it back, let it go now.

What workers do with it is in `claims`, what people decide about it in `by_hand`.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, case, func, insert, select, update

from app.config import current_config
from app.core import clock, transaction
from app.core.prepared import PreparedQuery
from app.extensions import db
from app.mail.models import OPEN_STATES, OutboxMessage, OutboxState
from app.mail.outbox import retry

_M = OutboxMessage
_T = cast(Table, OutboxMessage.__table__)
# Asked for every mail and after every turn of a worker, so they are built once.
_SAME = PreparedQuery(select(_T.c.id).where(_T.c.dedupe_key == bindparam("key")))
_ADDING = insert(_T).returning(_T.c.id)
_CANCEL = (
    update(_T)
    .where(
        _T.c.kind.in_(bindparam("kinds", expanding=True)),
        _T.c.about.in_(bindparam("numbers", expanding=True)),
        _T.c.state.in_(OPEN_STATES),
    )
    .values(state=OutboxState.CANCELLED, finished_at=bindparam("now"))
)
_NEXT_DUE = select(func.min(_M.due_at)).where(_M.state.in_(OPEN_STATES))


def enqueue(
    kind: str,
    *,
    about: int,
    to: str,
    locale: str,
    occasion: str = "",
    expires_at: datetime | None = None,
    is_for_nobody: bool = False,
) -> int:
    """Put a mail into the outbox, in the caller's transaction, and return its number.

    The same kind about the same thing on the same occasion is one mail, however often asked for.
    One for nobody is as much work, and cancelled from the start.
    """
    key = f"{kind}:{about}:{occasion}"
    if known := transaction.ask(_SAME, {"key": key}):
        return int(known[0][0])
    now = clock.now()
    values = {
        "kind": kind,
        "about": about,
        "recipient": to,
        "recipient_key": to.lower(),
        "locale": locale,
        "message_id": f"<{secrets.token_hex(16)}@{current_config().public_host}>",
        "dedupe_key": key,
        "state": OutboxState.CANCELLED if is_for_nobody else OutboxState.QUEUED,
        "created_at": now,
        "due_at": now,
        "expires_at": expires_at or now + retry.LIFETIME,
        "finished_at": now if is_for_nobody else None,
        "claims": 0,
        "rounds": 0,
        "may_be_duplicate": False,
        "last_outcome": "",
    }
    return int(transaction.run(_ADDING, values).scalar_one())


def cancel_about(kinds: Collection[str], about: Collection[int]) -> None:
    """Cancel, in the caller's transaction, the mails of those kinds about those things."""
    values = {"kinds": list(kinds), "numbers": list(about), "now": clock.now()}
    transaction.run(_CANCEL, values)


def release_held() -> None:
    """Give what waited while the switch was off its full time from now on; commit."""
    transaction.begin()
    now = clock.now()
    until, least = OutboxMessage.expires_at, now + retry.LIFETIME
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.QUEUED)
        .values(due_at=now, expires_at=case((until < least, least), else_=until))
    )
    db.session.commit()


def make_due() -> None:
    """Let everything that waits for its next try be tried now; commit."""
    transaction.begin()
    now = clock.now()
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.due_at > now)
        .values(due_at=now)
    )
    db.session.commit()


def next_due() -> datetime | None:
    """Return when the next message is due, or None when nothing waits; one look into an index."""
    due: datetime | None = transaction.run(_NEXT_DUE).scalar()
    return due


def is_due() -> bool:
    """Tell whether a message is due, by a connection of its own: no transaction begins or ends."""
    with db.engine.connect() as connection:
        due = connection.execute(_NEXT_DUE).scalar()
    return due is not None and due <= clock.now()


def numbers(states: Sequence[OutboxState]) -> list[int]:
    """Return the numbers of all messages in those states."""
    return list(db.session.scalars(select(_M.id).where(_M.state.in_(states)).order_by(_M.id)))
