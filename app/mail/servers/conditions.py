"""How a server fares: its last test, and what delivery has met with. Only reads."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.extensions import db
from app.mail.diagnosis import diagnosis
from app.mail.diagnosis.diagnosis import Diagnosis
from app.mail.models import Role, SmtpServer
from app.mail.server_settings import MailSettings
from app.mail.servers import breaker, fingerprints, servers
from app.mail.servers.breaker import Health


class Test(StrEnum):
    """What is known from the connection test about the settings as they are stored."""

    __test__ = False

    UNSAVED = "unsaved"
    NONE_SINCE_CHANGE = "none"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Condition:
    """One server's state, as the settings page and the overview show it."""

    test: Test
    tested_at: datetime | None
    test_stage: str
    test_diagnosis: Diagnosis | None
    health: Health
    last_failure: Diagnosis | None

    @property
    def failure_is_reply(self) -> bool:
        """Tell whether the last failure was an answer of the server, not a broken connection."""
        return re.match(r"[2-5]\d\d ", self.health.last_failure_reply) is not None

    @property
    def is_failing(self) -> bool:
        """Tell whether the newest thing that delivery met with is a failure."""
        return self.health.failing_since is not None


def of(role: Role, settings: MailSettings | None = None) -> Condition:
    """Return the condition of a server."""
    settings = settings or servers.current()
    return of_rows(settings, db.session.get(SmtpServer, role), breaker.health(role))


def of_rows(settings: MailSettings, row: SmtpServer | None, health: Health) -> Condition:
    """Return the condition that a server's row and its health make."""
    return Condition(
        test=_test(row, settings, health.role),
        tested_at=row.tested_at if row else None,
        test_stage=row.test_stage if row else "",
        test_diagnosis=diagnosis.known(row.test_code) if row else None,
        health=health,
        last_failure=diagnosis.of_record(
            health.last_failure_stage, health.last_failure_code, health.last_failure_reply
        ),
    )


def _test(row: SmtpServer | None, settings: MailSettings, role: Role) -> Test:
    server = settings.server(role)
    if row is None or not server.is_saved:
        return Test.UNSAVED
    if row.test_passed is None or row.tested_as != fingerprints.of(settings, server):
        return Test.NONE_SINCE_CHANGE
    return Test.PASSED if row.test_passed else Test.FAILED
