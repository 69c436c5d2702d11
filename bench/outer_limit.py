"""How near Peyk is to a client in C: `python -m bench.outer_limit`. Needs Postfix.

Postfix's `smtp-source` and Peyk hand the same number of mails of the same size to Postfix's
`smtp-sink`, in turns, without TLS, as `smtp-source` knows none. The client in C only talks; Peyk's
loop also claims, composes and writes each verdict down. Peyk's session alone stands between.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from app.mail.delivery import worker
from app.mail.models import Encryption
from app.mail.smtp import address_policy, destinations
from app.mail.smtp.session import Endpoint, SmtpSession
from bench import place
from bench.composing import peyk_message
from bench.report import Row, show
from tests.programs import accepts_connections, free_port, wait_until

MAILS, ROUNDS = 300, 7
_PATH = "/usr/sbin:/usr/bin"


def main() -> int:
    """Measure in turns and print medians and their ratio to smtp-source."""
    data = peyk_message()
    with tempfile.TemporaryDirectory() as name, _smtp_sink() as port:
        clients: dict[str, Callable[[], object]] = {
            "smtp-source, one kept connection": partial(_smtp_source, port, len(data), "-d"),
            "smtp-source, a connection for each": partial(_smtp_source, port, len(data)),
            "Peyk's session alone, PIPELINING": partial(_session, port, data),
            "Peyk's whole loop": lambda: worker.drain(threading.Event()),
        }
        rates: dict[str, list[float]] = {client: [] for client in clients}
        with place.peyk(Path(name)):
            place.use(place.plain(port))
            for turn in range(ROUNDS):
                place.enqueue(MAILS, f"turn {turn}")
                for client, hand_over in clients.items():
                    started = time.perf_counter()
                    hand_over()
                    rates[client].append(MAILS / (time.perf_counter() - started))
    limit = statistics.median(next(iter(rates.values())))
    rows = [
        Row(client, values, "mails/s", statistics.median(values) / limit)
        for client, values in rates.items()
    ]
    return show(f"Mails of {len(data):,} bytes to smtp-sink, no TLS, one process", rows)


def _smtp_source(port: int, size: int, *more: str) -> None:
    command = [_program("smtp-source"), *more, "-m", str(MAILS), "-l", str(size), "-s", "1"]
    command += ["-f", "a@example.com", "-t", "b@example.com", f"inet:127.0.0.1:{port}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _session(port: int, data: bytes) -> None:
    endpoint = Endpoint("127.0.0.1", port, Encryption.NONE, "bench")
    policy = address_policy.Policy.parse("allow")
    with SmtpSession(endpoint, partial(destinations.resolve, policy=policy)) as session:
        session.open()
        for _ in range(MAILS):
            session.send("a@example.com", "b@example.com", data)


@contextmanager
def _smtp_sink() -> Iterator[int]:
    port = free_port()
    command = [_program("smtp-sink"), "-u", "nobody", f"inet:127.0.0.1:{port}", "128"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: accepts_connections(port), 10, "smtp-sink did not answer")
        yield port
    finally:
        process.terminate()
        process.wait()


def _program(name: str) -> str:
    found = shutil.which(name, path=_PATH)
    if found is None:
        sys.exit(f"There is no {name}: apt-get install postfix")
    return found


if __name__ == "__main__":
    sys.exit(main())
