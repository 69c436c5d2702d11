"""The last test of each server as it stood in the form: once confirmed, its result counts.

Nothing of the form itself is kept, only the fingerprint by which it is known again.
"""

from app.core import clock
from app.extensions import db
from app.mail.models import Role, ServerTrial, SmtpServer


def write(role: Role, tried_as: str, *, passed: bool, stage: str, code: str) -> None:
    """Keep how a test ended, in the caller's transaction."""
    trial = ServerTrial(
        role=role,
        tried_as=tried_as,
        tried_at=clock.now(),
        passed=passed,
        stage="" if passed else stage,
        code="" if passed else code,
    )
    db.session.merge(trial)


def adopt(role: Role, in_force: str) -> bool:
    """Let the last test count for the stored server if it tried just that; tell whether it did."""
    trial, row = db.session.get(ServerTrial, role), db.session.get(SmtpServer, role)
    if row is None or trial is None or trial.tried_as != in_force:
        return False
    row.tested_as = in_force
    row.passed_as = in_force if trial.passed else row.passed_as
    row.tested_version = row.version
    row.tested_at = trial.tried_at
    row.test_passed = trial.passed
    row.test_stage, row.test_code = trial.stage, trial.code
    return True
