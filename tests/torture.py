"""Workers are killed while mail flows; afterwards everything is counted.

Used by the tests, with few messages and kills, and by `python -m bench.torture` with many.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from app.config import ROOT, Config
from app.extensions import db
from app.mail.engine import engine
from app.mail.models import OutboxMessage, OutboxState
from app.mail.outbox import outbox
from tests import torture_app
from tests.conftest import SECRET_KEY
from tests.postbox import Postbox
from tests.serving import use

# How long a server thinks before it answers.
DELAY = 0.001
# How long a worker may take to end: on a machine under water its last turn lasts.
PATIENCE_WITH_WORKERS = 120.0
_OPEN = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)


@dataclass(frozen=True)
class Plan:
    """What is to happen to whom; each worker has one thread, so one message in hand at most."""

    messages: int
    kills: int
    workers: int = 2
    how: signal.Signals = signal.SIGKILL
    patience: float = 90.0
    delay: float = DELAY


@dataclass(frozen=True)
class Result:
    """What came out of it."""

    lost: int
    duplicates: int
    kills: int
    with_another_id: int
    not_flagged: int
    flagged: int
    seconds: float

    def __str__(self) -> str:
        each = self.duplicates / self.kills if self.kills else 0
        return (
            f"lost {self.lost}, duplicates {self.duplicates} ({each:.2f} per stopped worker), "
            f"flagged {self.flagged}, {self.kills} workers stopped in {self.seconds:.1f} s"
        )


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a Peyk that lives in that folder."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("PEYK_")},
        "SECRET_KEY": SECRET_KEY,
        "PEYK_MODE": "development",
        "PEYK_INSTANCE_PATH": str(folder),
        "PEYK_LOG_LEVEL": "WARNING",
        "PUBLIC_URL": "http://localhost",
        **settings,
    }


def torture(variables: dict[str, str], plan: Plan) -> Result:
    """Let mail flow, stop workers at random moments, wait for the end, and count."""
    app = torture_app.make(Config.from_environment(variables))
    with app.app_context(), Postbox(delay=plan.delay) as box:
        db.create_all()
        use(box)
        _fill(plan.messages)
        began = time.monotonic()
        stopped = _let_flow(box, variables, plan)
        seconds = time.monotonic() - began
        result = _count(box, plan, stopped, seconds)
        engine.current().stop()
        db.session.remove()
        db.engine.dispose()
    return result


@contextmanager
def workers(variables: dict[str, str], count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run so many workers; whoever is left at the end is told to stop."""
    running = [start_worker(variables) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(timeout=PATIENCE_WITH_WORKERS)


def start_worker(variables: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a worker with one thread, as a process of its own."""
    flask = [sys.executable, "-X", "faulthandler", "-m", "flask"]
    command = [*flask, "--app", "tests.torture_app:create", "mail", "worker", "--threads", "1"]
    with _log(variables).open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)


def _log(variables: dict[str, str]) -> Path:
    return Path(variables["PEYK_INSTANCE_PATH"]) / "workers.log"


def _let_flow(box: Postbox, variables: dict[str, str], plan: Plan) -> int:
    """Stop a worker each time that mail flows; return how many were stopped."""
    ends = time.monotonic() + plan.patience
    stopped, seen = 0, 0
    step = plan.messages // (plan.kills + 1)
    with workers(variables, plan.workers) as running:
        while _open_messages() and time.monotonic() < ends:
            if stopped < plan.kills and len(box.messages) >= seen + random.uniform(0.2, 0.9) * step:
                time.sleep(random.uniform(0, 0.05))
                victim = random.randrange(len(running))
                running[victim].send_signal(plan.how)
                _see_it_end(running[victim], variables)
                running[victim] = start_worker(variables)
                stopped, seen = stopped + 1, len(box.messages)
            time.sleep(0.01)
    return stopped


def _see_it_end(worker: subprocess.Popen[bytes], variables: dict[str, str]) -> None:
    """Wait for the end of a worker; one that does not end says where each of its threads stands."""
    try:
        worker.wait(timeout=PATIENCE_WITH_WORKERS)
    except subprocess.TimeoutExpired as error:
        worker.send_signal(signal.SIGABRT)
        worker.wait()
        log = _log(variables).read_text(errors="replace")
        raise AssertionError(f"a worker did not end:\n{log[-8000:]}") from error


def _count(box: Postbox, plan: Plan, stopped: int, seconds: float) -> Result:
    copies = Counter(received.recipient for received in box.messages)
    several = [recipient for recipient, count in copies.items() if count > 1]
    ids: dict[str, set[str]] = {}
    for received in box.messages:
        ids.setdefault(received.recipient, set()).add(str(received.mail["Message-ID"]))
    flagged = set(
        db.session.scalars(
            select(OutboxMessage.recipient).where(OutboxMessage.may_be_duplicate.is_(True))
        )
    )
    return Result(
        lost=plan.messages - len(copies),
        duplicates=len(box.messages) - len(copies),
        kills=stopped,
        with_another_id=sum(len(found) > 1 for found in ids.values()),
        not_flagged=len(set(several) - flagged),
        flagged=len(flagged),
        seconds=seconds,
    )


def _open_messages() -> int:
    waiting = select(func.count()).where(OutboxMessage.state.in_(_OPEN))
    count = int(db.session.scalar(waiting) or 0)
    db.session.rollback()
    return count


def _fill(count: int) -> None:
    for number in range(count):
        outbox.enqueue("note", about=number, to=f"n{number}@example.com", locale="fa")
    db.session.commit()
