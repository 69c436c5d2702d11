"""Kill worker after worker while mail flows, and print what was lost and what came twice.

    python -m bench.torture                       6,000 messages, 36 workers stopped; SQLite and
                                                  PostgreSQL, with SIGKILL and with SIGTERM
    python -m bench.torture --store sqlite --how KILL --messages 1000 --kills 6

It needs no network; PostgreSQL is started in a temporary folder.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from tests import torture
from tests.postgres import own_postgres
from tests.torture import Plan, Result

STORES, SIGNALS = ("sqlite", "postgresql"), ("KILL", "TERM")
_LINE = "{:<11} {:<7} {:>9} {:>8} {:>6} {:>11} {:>11} {:>8} {:>8}"
_HEAD = ("store", "signal", "messages", "stopped", "lost", "duplicates", "per stop", "flagged", "s")


def main() -> int:
    """Do it as asked; the exit code is 1 when anything was lost or came twice without a flag."""
    asked = _arguments()
    print(_LINE.format(*_HEAD), flush=True)
    return max(_one(asked, store, how) for store, how in product(asked.store, asked.how))


def _one(asked: argparse.Namespace, store: str, how: str) -> int:
    plan = Plan(
        messages=asked.messages,
        kills=asked.kills,
        workers=asked.workers,
        how=signal.Signals[f"SIG{how}"],
        patience=asked.patience,
        delay=asked.delay / 1000,
    )
    with _database(store) as settings, tempfile.TemporaryDirectory() as place:
        result = torture.torture(torture.environment(Path(place), **settings), plan)
    each = f"{result.duplicates / max(result.kills, 1):.2f}"
    numbers = plan.messages, result.kills, result.lost, result.duplicates, each, result.flagged
    print(_LINE.format(store, how, *numbers, f"{result.seconds:.0f}"), flush=True)
    return _is_wrong(result, plan)


def _is_wrong(result: Result, plan: Plan) -> int:
    allowed = result.kills if plan.how is signal.SIGKILL else 0
    wrong = result.lost or result.with_another_id or result.not_flagged
    return int(bool(wrong) or result.duplicates > allowed or result.kills < plan.kills)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AsWritten)
    parser.add_argument("--messages", type=int, default=6000)
    parser.add_argument("--kills", type=int, default=36)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--how", choices=SIGNALS, nargs="+", default=SIGNALS)
    parser.add_argument("--store", choices=STORES, nargs="+", default=STORES)
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds, for each of them")
    parser.add_argument("--delay", type=float, default=20.0, help="milliseconds, of the server")
    return parser.parse_args()


_AsWritten = argparse.RawDescriptionHelpFormatter


@contextmanager
def _database(store: str) -> Iterator[dict[str, str]]:
    if store == "sqlite":
        yield {}
        return
    with own_postgres(crashes=True) as server:
        yield {"DATABASE_URL": server.url}


if __name__ == "__main__":
    sys.exit(main())
