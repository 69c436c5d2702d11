"""What the last connection test of a server said, for as long as its settings stay the same."""

from app.core import clock, transaction
from app.extensions import db
from app.mail import breaker, engine, fingerprints, offer_memory, outbox, servers
from app.mail.models import Role, SmtpServer
from app.mail.offers import Offer
from app.mail.server_settings import ServerSettings


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
    """Keep the result of a test, if what was tested is still what is in force.

    A server that has just proved itself is used again at once, and what waited for it is tried.
    """
    transaction.begin()
    row, settings = db.session.get(SmtpServer, server.role), servers.current()
    in_force = fingerprints.of(settings, settings.server(server.role))
    tried = fingerprint or fingerprints.of(settings, server)
    if row is None or not settings.server(server.role).is_saved or tried != in_force:
        db.session.rollback()
        return
    row.tested_as = in_force
    row.passed_as = in_force if passed else row.passed_as
    row.tested_version = row.version
    row.tested_at = clock.now()
    row.test_passed = passed
    row.test_stage = "" if passed else stage
    row.test_code = "" if passed else code
    if offer:
        offer_memory.write(row, offer)
    if passed:
        breaker.reset(server.role)
    db.session.commit()
    if passed:
        outbox.make_due()
        engine.wake()
