"""How soon the secondary has a mail when the primary fails: `python -m bench.failover`.

A worker runs as it does in production, with its real patience. In turns the primary is healthy,
refuses connections, stays silent after accepting them, or drips one byte a second. A hundred mails
follow each other; for each the time is taken from its commit to its acceptance by a server. The
first one waits for the primary; by the hundredth the breaker has learned. Takes about four minutes,
because a silent server is waited for with the patience of production.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from app.mail.engine import engine
from bench import place
from bench.report import Row, show
from tests.postbox import Postbox, nobody

MAILS, AROUND, ROUNDS, GOAL = 100, 21, 2, 1.2
PATIENCE = 120.0


def main() -> int:
    """Measure in turns and print the first, the hundredth, and its ratio to a healthy primary."""
    first: dict[str, list[float]] = {name: [] for name in PRIMARIES}
    later: dict[str, list[float]] = {name: [] for name in PRIMARIES}
    with tempfile.TemporaryDirectory() as folder, place.peyk(Path(folder), mode="development"):
        engine.current().run(threads=2)
        for turn in range(ROUNDS):
            for name, primary in PRIMARIES.items():
                print(f"round {turn + 1} of {ROUNDS}: primary {name}", file=sys.stderr)
                times = _times(primary, f"{turn} {name}")
                first[name].append(times[0])
                later[name] += times[-AROUND:]
    healthy = statistics.median(later["healthy"])
    rows = [Row(f"primary {name}: the first mail", first[name], "ms") for name in PRIMARIES]
    for name in PRIMARIES:
        ratio = statistics.median(later[name]) / healthy
        goal = f"at most {GOAL}" if name != "healthy" else ""
        met = ratio <= GOAL if goal else None
        rows.append(Row(f"primary {name}: the hundredth", later[name], "ms", ratio, goal, met))
    return show("From commit to acceptance, by the secondary unless the primary is healthy", rows)


def _times(primary: Callable[[], AbstractContextManager[int]], occasion: str) -> list[float]:
    """Return how long each of the mails took, in milliseconds."""
    with primary() as port, Postbox() as box:
        place.use(place.plain(port), place.plain(box.port))
        times = [_sent(box, f"{occasion} {number}") for number in range(MAILS + AROUND // 2)]
        place.use(place.plain(box.port), None)  # nobody probes what is gone
    return times


def _sent(box: Postbox, occasion: str) -> float:
    before = _taken(box)
    place.enqueue(1, occasion)
    committed = time.perf_counter()
    engine.wake()
    while _taken(box) == before:
        assert time.perf_counter() - committed < PATIENCE, "no server took it"
        time.sleep(0.001)
    return (time.perf_counter() - committed) * 1000


_healthy: list[Postbox] = []


def _taken(box: Postbox) -> int:
    return len(box.messages) + sum(len(one.messages) for one in _healthy)


@contextmanager
def _working() -> Iterator[int]:
    with Postbox() as box:
        _healthy.append(box)
        yield box.port
        _healthy.remove(box)


@contextmanager
def _silent() -> Iterator[int]:
    with Postbox(hang_at="GREETING") as box:
        yield box.port


@contextmanager
def _dripping() -> Iterator[int]:
    with Postbox(drip=1.0) as box:
        yield box.port


PRIMARIES: dict[str, Callable[[], AbstractContextManager[int]]] = {
    "healthy": _working,
    "refusing": nobody,
    "silent": _silent,
    "dripping": _dripping,
}


if __name__ == "__main__":
    sys.exit(main())
