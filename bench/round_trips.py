"""What PIPELINING and more connections gain over a distance: `python -m bench.round_trips [MS]`.

Sessions send the same message many times, in turns, to a sink that holds each burst of answers
back for one round trip, 20 ms unless another time is named.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from app.mail.models import Encryption
from app.mail.smtp import address_policy, destinations
from app.mail.smtp.session import Endpoint, SmtpSession
from bench import place
from bench.place import Sink
from bench.report import Row, show

MESSAGES, ROUNDS, MANY = 25, 5, 8
PIPELINED, EIGHT = 1.8, 7
DATA = b"Subject: hello\r\n\r\n" + (b"x" * 70 + b"\r\n") * 60


def main(round_trip_ms: float) -> int:
    """Measure in turns and print medians and their ratios."""
    one, pipelined, eight = [], [], []
    with tempfile.TemporaryDirectory() as name, place.sink(Path(name), round_trip_ms) as sink:
        for _ in range(ROUNDS):
            one.append(_rate(sink, 1, pipelining=False))
            pipelined.append(_rate(sink, 1, pipelining=True))
            eight.append(_rate(sink, MANY, pipelining=True))
    gain = statistics.median(pipelined) / statistics.median(one)
    more = statistics.median(eight) / statistics.median(pipelined)
    rows = [
        Row("one kept connection, one thing at a time", one, "mails/s", 1),
        Row("with PIPELINING", pipelined, "mails/s", gain, "at least 1.8", gain >= PIPELINED),
        Row(
            "eight connections, to one of them", eight, "mails/s", more, "at least 7", more >= EIGHT
        ),
    ]
    return show(f"Over STARTTLS at a round trip of {round_trip_ms:g} ms", rows)


def _rate(sink: Sink, count: int, *, pipelining: bool) -> float:
    """Return how many mails so many sessions hand over in a second, together."""
    with ExitStack() as stack:
        sessions = [stack.enter_context(_session(sink)) for _ in range(count)]
        for session in sessions:
            session.open()
            if not pipelining:
                session.extensions.pop("PIPELINING")
        return MESSAGES * count / _seconds(sessions)


def _seconds(sessions: Sequence[SmtpSession]) -> float:
    threads = [threading.Thread(target=_send, args=(session,)) for session in sessions]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def _send(session: SmtpSession) -> None:
    for _ in range(MESSAGES):
        session.send("a@example.com", "b@example.com", DATA)


def _session(sink: Sink) -> SmtpSession:
    endpoint = Endpoint(
        "localhost",
        sink.port,
        Encryption.STARTTLS,
        "bench",
        place.USER,
        place.PASSWORD,
        requires_auth=True,
        ca_file=sink.ca_file,
    )
    policy = address_policy.Policy.parse("allow")
    return SmtpSession(endpoint, partial(destinations.resolve, policy=policy))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0))
