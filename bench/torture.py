"""Kill worker after worker while mail flows, and print what was lost and what came twice.

    python -m bench.torture                       2,000 messages, 24 kills, SQLite
    python -m bench.torture --postgresql --how TERM

It needs no network; PostgreSQL is started in a temporary folder.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import torture
from tests.postgres import temporary_postgres
from tests.torture import Plan


def main() -> int:
    """Do it as asked; the exit code is 1 when anything was lost or came twice without a flag."""
    asked = _arguments()
    plan = Plan(
        messages=asked.messages,
        kills=asked.kills,
        workers=asked.workers,
        how=signal.Signals[f"SIG{asked.how}"],
        patience=asked.patience,
    )
    with _database(postgresql=asked.postgresql) as settings, tempfile.TemporaryDirectory() as place:
        result = torture.torture(torture.environment(Path(place), **settings), plan)
    store = "PostgreSQL" if asked.postgresql else "SQLite"
    print(f"{store}, {plan.how.name}, {plan.messages} messages, {plan.workers} workers: {result}")
    allowed = result.kills if plan.how is signal.SIGKILL else 0
    wrong = result.lost or result.with_another_id or result.not_flagged
    return 1 if wrong or result.duplicates > allowed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--how", choices=("KILL", "TERM"), default="KILL")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--patience", type=float, default=900.0, help="seconds")
    return parser.parse_args()


_AsWritten = argparse.RawDescriptionHelpFormatter


@contextmanager
def _database(*, postgresql: bool) -> Iterator[dict[str, str]]:
    if not postgresql:
        yield {}
        return
    with temporary_postgres() as url:
        yield {"DATABASE_URL": url}


if __name__ == "__main__":
    sys.exit(main())
