"""How much a server is asked: messages a minute and connections at once, shared by all workers.

The relay's own limits are the next wall after our speed; who runs into them is refused, or
banned. Both limits are settings of the server.
"""

from datetime import timedelta
from typing import cast

from sqlalchemy import Table, and_, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock, rate_limit, transaction
from app.core.rate_limit import Limit
from app.mail.models import Role, ServerSlot
from app.mail.server_settings import ServerSettings

LEASE = timedelta(seconds=60)
# The bare table, and statements that are built once: a connection is taken for every turn.
_T = cast(Table, ServerSlot.__table__)
_SLOT = and_(_T.c.role == bindparam("of_role"), _T.c.number == bindparam("of_number"))
_KNOWN = select(_T.c.owner).where(_SLOT)
_TAKE = (
    update(_T)
    .where(_SLOT, _T.c.until <= bindparam("now"))
    .values(owner=bindparam("holder"), until=bindparam("until_then"))
)
_RENEW = update(_T).where(_T.c.owner == bindparam("holder")).values(until=bindparam("until_then"))
_FREE = (
    update(_T)
    .where(_SLOT, _T.c.owner == bindparam("holder"))
    .values(until=bindparam("now"), owner="")
)


def wait_for(server: ServerSettings) -> timedelta | None:
    """Count one message to the server and return None, or return how long it has to wait."""
    if not server.messages_per_minute:
        return None
    return rate_limit.spend((_limit(server), server.role))


def slow_down(server: ServerSettings) -> None:
    """Use up what the server may get now: it has just said that it is too much."""
    if server.messages_per_minute:
        rate_limit.empty(_limit(server), server.role)


def take_slot(server: ServerSettings, owner: str) -> int | None:
    """Take one of the connections the server may have; None when all are in use. Commits."""
    for number in range(1, server.max_connections + 1):
        if _take(server.role, number, owner):
            return number
    return None


def renew(owner: str) -> None:
    """Prolong the lease of the connections this worker has; commits."""
    with transaction.writing() as connection:
        connection.execute(_RENEW, {"holder": owner, "until_then": clock.now() + LEASE})


def free_slot(role: Role, number: int, owner: str) -> None:
    """Give a connection back; commits."""
    whose = {"of_role": role, "of_number": number, "holder": owner}
    with transaction.writing() as connection:
        connection.execute(_FREE, {**whose, "now": clock.now()})


def _limit(server: ServerSettings) -> Limit:
    return Limit("server", server.messages_per_minute, timedelta(minutes=1))


def _take(role: Role, number: int, owner: str) -> bool:
    now = clock.now()
    which = {"of_role": role, "of_number": number}
    lease = {"holder": owner, "now": now, "until_then": now + LEASE}
    with transaction.writing() as connection:
        if connection.execute(_TAKE, {**which, **lease}).rowcount:
            return True
        is_known = connection.execute(_KNOWN, which).one_or_none() is not None
    return not is_known and _open(role, number, owner)


def _open(role: Role, number: int, owner: str) -> bool:
    until = clock.now() + LEASE
    try:
        with transaction.writing() as connection:
            row = {"role": role, "number": number, "owner": owner, "until": until}
            connection.execute(insert(_T), row)
    except IntegrityError:
        return False
    return True
