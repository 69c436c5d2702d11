"""The whole loop, claim to verdict, against what a plain program does: `python -m bench.mail_loop`.

Both send the same activation-sized mails over STARTTLS with sign-in to the same sink, in turns, so
that the noise of the machine hits both; only the ratio means something. Both lose nothing: what is
claimed is committed before it is sent, and what became of it, with its attempt, right after the
server's answer. The plain program does it as the manuals of its libraries show it: a row as an
object, a connection, a TLS context and an `EmailMessage` for each mail.
"""

import os
import smtplib
import ssl
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.mail.delivery import worker
from app.mail.models import DeliveryAttempt, OutboxMessage, OutboxState, Role
from app.mail.outbox import outbox
from bench import place
from bench.place import Sink
from bench.report import Row, show

# Enough to last a moment; rates are compared, so the quick one may send more.
PLAIN, OURS, ROUNDS, GOAL = 40, 200, 7, 8
FLUSHES = 20


@dataclass
class Measured:
    """What a program needed in each round: mails a second, milliseconds of this process a mail."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, count: int, work: Callable[[], object]) -> None:
        """Let it send so many mails."""
        place.enqueue(count, str(time.time_ns()))
        began, began_cpu = time.perf_counter(), time.process_time()
        work()
        self.cpu.append((time.process_time() - began_cpu) / count * 1000)
        self.rates.append(count / (time.perf_counter() - began))
        assert outbox.next_due() is None, "not everything was sent"


def main() -> int:
    """Measure in turns and print medians and their ratio."""
    plain, ours, flushes = Measured(), Measured(), list[float]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with place.sink(folder) as sink, place.peyk(folder, sink.ca_file):
            place.use(place.over_tls(sink.port))
            for _ in range(ROUNDS):
                plain.measure(PLAIN, lambda: _plain_program(sink))
                ours.measure(OURS, _peyk)
                flushes.append(_flush(folder))
    return show(
        "Claim, compose, TLS and sign-in, hand over, mark; one process, SQLite",
        _rows(plain, ours, flushes),
    )


def _rows(plain: Measured, ours: Measured, flushes: list[float]) -> list[Row]:
    ratio = statistics.median(ours.rates) / statistics.median(plain.rates)
    cpu = statistics.median(plain.cpu) / statistics.median(ours.cpu)
    return [
        Row("a connection and an EmailMessage for each mail", plain.rates, "mails/s", 1),
        Row("Peyk", ours.rates, "mails/s", ratio, f"at least {GOAL}", ratio >= GOAL),
        Row("CPU of the plain program, a mail", plain.cpu, "ms", 1),
        Row("CPU of Peyk, a mail", ours.cpu, "ms", cpu),
        Row("a flush of this disk: Peyk needs one a mail, the other two", flushes, "ms"),
    ]


def _peyk() -> None:
    """Send what waits; on a machine under water that may take more than one turn."""
    while outbox.next_due() is not None:
        worker.drain(threading.Event())


def _plain_program(sink: Sink) -> None:
    """Send what waits, one after the other."""
    waiting = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
    while message := db.session.scalar(waiting.order_by(OutboxMessage.id).limit(1)):
        message.state = OutboxState.SENDING
        db.session.commit()
        with smtplib.SMTP("localhost", sink.port) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=str(sink.ca_file)))
            smtp.login(place.USER, place.PASSWORD)
            smtp.send_message(email_message(message.recipient))
        message.state, message.sent_by = OutboxState.SENT, Role.PRIMARY
        message.finished_at = clock.now()
        db.session.add(_attempt(message))
        db.session.commit()


def _attempt(message: OutboxMessage) -> DeliveryAttempt:
    return DeliveryAttempt(
        outbox_id=message.id,
        at=clock.now(),
        server=Role.PRIMARY,
        host="localhost",
        stage="message",
        outcome="accepted",
        code=250,
        reply="queued",
    )


def _flush(folder: Path) -> float:
    """Return how long the disk takes to keep a page for good, in milliseconds."""
    with (folder / "flushed").open("wb", buffering=0) as file:
        began = time.perf_counter()
        for _ in range(FLUSHES):
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
        return (time.perf_counter() - began) / FLUSHES * 1000


def email_message(to: str) -> EmailMessage:
    """Write the mail as the standard library does."""
    mail = EmailMessage()
    mail["From"] = f"{place.SENDER_NAME} <{place.SENDER}>"
    mail["To"], mail["Subject"] = to, place.SUBJECT
    mail.set_content(place.TEXT)
    mail.add_alternative(place.HTML, subtype="html")
    return mail


if __name__ == "__main__":
    sys.exit(main())
