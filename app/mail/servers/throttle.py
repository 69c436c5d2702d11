"""How much a server is asked: messages a minute and connections at once, shared by all workers.

The relay's own limits are the next wall after our speed; who runs into them is refused, or
banned. Both limits are settings of the server.
"""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.core import clock, rate_limit, transaction
from app.core.rate_limit import Limit
from app.extensions import db
from app.mail.models import Role, ServerSlot
from app.mail.server_settings import ServerSettings

LEASE = timedelta(seconds=60)


def wait_for(server: ServerSettings) -> timedelta | None:
    """Count one message to the server and return None, or return how long it has to wait."""
    if not server.messages_per_minute:
        return None
    return rate_limit.spend(_limit(server), server.role)


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
    transaction.begin()
    held = update(ServerSlot).where(ServerSlot.owner == owner)
    transaction.changed(held.values(until=clock.now() + LEASE))
    db.session.commit()


def free_slot(role: Role, number: int, owner: str) -> None:
    """Give a connection back; commits."""
    transaction.begin()
    slot = update(ServerSlot).where(
        ServerSlot.role == role, ServerSlot.number == number, ServerSlot.owner == owner
    )
    transaction.changed(slot.values(until=clock.now(), owner=""))
    db.session.commit()


def _limit(server: ServerSettings) -> Limit:
    return Limit("server", server.messages_per_minute, timedelta(minutes=1))


def _take(role: Role, number: int, owner: str) -> bool:
    now = clock.now()
    transaction.begin()
    taken = transaction.changed(
        update(ServerSlot)
        .where(ServerSlot.role == role, ServerSlot.number == number, ServerSlot.until <= now)
        .values(owner=owner, until=now + LEASE)
    )
    if taken == 0 and db.session.get(ServerSlot, (role, number)) is None:
        return _open(role, number, owner)
    db.session.commit()
    return taken == 1


def _open(role: Role, number: int, owner: str) -> bool:
    try:
        db.session.add(ServerSlot(role=role, number=number, owner=owner, until=clock.now() + LEASE))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True
