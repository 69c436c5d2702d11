"""The lease of a worker on what it holds, kept alive beside its work."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.here import application
from app.mail.outbox import claims
from app.mail.servers import throttle

logger = logging.getLogger("peyk.worker")

RENEWAL = 15.0


@contextmanager
def kept(owner: str) -> Iterator[None]:
    """Renew what `owner` holds every 15 s, for as long as the block lasts.

    A renewal that fails is tried again at the next turn: until then the lease itself decides
    whether anything more may be sent.
    """
    done = threading.Event()
    app = application()

    def keep() -> None:
        while not done.wait(RENEWAL):
            with app.app_context():
                _renew(owner)

    keeper = threading.Thread(target=keep, name=f"lease {owner}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _renew(owner: str) -> None:
    try:
        claims.renew(owner)
        throttle.renew(owner)
    except SQLAlchemyError as error:
        db.session.rollback()
        logger.warning("lease not renewed", extra={"fields": {"error": type(error).__name__}})
