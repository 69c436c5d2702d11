"""What the last connection test of a server said, for as long as its settings stay the same."""

from app.core import transaction
from app.extensions import db
from app.mail.engine import engine
from app.mail.models import Role, SmtpServer
from app.mail.outbox import outbox
from app.mail.server_settings import ServerSettings
from app.mail.servers import breaker, fingerprints, offer_memory, servers, trial_memory
from app.mail.smtp.offers import Offer


def passed_as(role: Role) -> str:
    """Return the fingerprint of the settings with which the server last passed a test."""
    row = db.session.get(SmtpServer, role)
    return row.passed_as if row else ""


def remember(
    server: ServerSettings,
    *,
    passed: bool,
    stage: str,
    code: str,
    fingerprint: str = "",
    offer: Offer | None = None,
) -> None:
    """Keep the result of a test: now if what was tested is in force, else once it is confirmed.

    A server that has just proved itself is used again at once, and what waited for it is tried.
    """
    transaction.begin()
    settings = servers.current()
    tested = settings.server(server.role)
    tried = fingerprint or fingerprints.of(settings, server)
    trial_memory.write(server.role, tried, passed=passed, stage=stage, code=code)
    in_force = fingerprints.of(settings, tested)
    counts = tested.is_saved and trial_memory.adopt(server.role, in_force)
    if counts and offer:
        offer_memory.write(db.session.get_one(SmtpServer, server.role), offer)
    if counts and passed:
        breaker.reset(server.role)
    db.session.commit()
    if counts and passed:
        outbox.make_due()
        engine.wake()
