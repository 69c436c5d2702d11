"""What PIPELINING saves over a distance: `python -m bench.round_trips [MILLISECONDS]`.

One session sends the same message many times, in turns with and without PIPELINING, to a sink that
holds each burst of answers back for one round trip.
"""

import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from app.mail import destinations
from app.mail.models import Encryption
from app.mail.session import Endpoint, SmtpSession
from bench.mail_loop import sink

MESSAGES, ROUNDS = 20, 3
DATA = b"Subject: hello\r\n\r\n" + b"x" * 4000


def main(round_trip_ms: float) -> None:
    """Measure in turns and print medians and their ratio."""
    with tempfile.TemporaryDirectory() as name, sink(Path(name), round_trip_ms) as (port, ca_file):
        slow, quick = [], []
        for _ in range(ROUNDS):
            slow.append(_rate(port, ca_file, pipelining=False))
            quick.append(_rate(port, ca_file, pipelining=True))
    one, other = statistics.median(slow), statistics.median(quick)
    print(f"one by one at {round_trip_ms:g} ms: {one:6.1f} messages/s")
    print(f"pipelined at {round_trip_ms:g} ms:  {other:6.1f} messages/s")
    print(f"ratio:                {other / one:6.2f}")


def _rate(port: int, ca_file: Path, *, pipelining: bool) -> float:
    endpoint = Endpoint(
        "localhost", port, Encryption.STARTTLS, "bench", "me", "password", True, ca_file
    )
    policy = destinations.Policy.parse("allow")
    with SmtpSession(endpoint, partial(destinations.resolve, policy=policy)) as session:
        session.open()
        if not pipelining:
            session.extensions.pop("PIPELINING")
        started = time.perf_counter()
        for _ in range(MESSAGES):
            session.send("a@example.com", "b@example.com", DATA)
        return MESSAGES / (time.perf_counter() - started)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
