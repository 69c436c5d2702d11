"""Messages in hands that are gone: whose they were is forgotten, what may have happened is not.

A worker sends what it has claimed in the order of the numbers and writes each verdict down before
it goes on. So when it dies, only the first message that still bears its name can have reached a
server; the others were certainly never begun.
"""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection, Row, Table, bindparam, select, update

from app.core import clock
from app.mail.models import OutboxMessage, OutboxState

# A message that was in the hands of so many workers when they died may be what killed them.
MAX_CLAIMS = 5
CRASH_LOOP = "crash_loop"
_T = cast(Table, OutboxMessage.__table__)
_HELD = (
    select(_T.c.id, _T.c.owner, _T.c.claims)
    .where(_T.c.state == OutboxState.SENDING)
    .order_by(_T.c.id)
    .with_for_update(skip_locked=True)
)
# Asked before every claim, so it is built once.
_OVERDUE = _HELD.where(_T.c.lease_until < bindparam("now"))


def release_overdue(connection: Connection) -> int:
    """Free the messages whose lease is over, in the caller's transaction."""
    return _release(connection, connection.execute(_OVERDUE, {"now": clock.now()}).all())


def release_of(connection: Connection, owners: Sequence[str]) -> int:
    """Free the messages that those workers held, in the caller's transaction."""
    return _release(connection, connection.execute(_HELD.where(_T.c.owner.in_(owners))).all())


def _release(connection: Connection, held: Sequence[Row[int, str | None, int]]) -> int:
    """Free what was in hands that are gone.

    The first of each owner may be a duplicate from now on, and fails when it has been the first
    too often; the others are as if they had never been claimed.
    """
    if not held:
        return 0
    first = {row.owner: row for row in reversed(held)}.values()
    guilty = [row.id for row in first if row.claims >= MAX_CLAIMS]
    doubtful = [row.id for row in first if row.claims < MAX_CLAIMS]
    innocent = [row.id for row in held if row not in first]
    _free(connection, doubtful, state=OutboxState.QUEUED, may_be_duplicate=True)
    _free(connection, innocent, state=OutboxState.QUEUED, claims=_T.c.claims - 1)
    _free(
        connection,
        guilty,
        state=OutboxState.FAILED,
        may_be_duplicate=True,
        last_outcome=CRASH_LOOP,
        finished_at=clock.now(),
    )
    return len(held)


def _free(connection: Connection, numbers: Sequence[int], **values: object) -> None:
    if numbers:
        freed = update(_T).where(_T.c.id.in_(numbers))
        connection.execute(freed.values(owner=None, lease_until=None, **values))
