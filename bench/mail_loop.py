"""The whole loop, claim to verdict, against what a plain program does: `python -m bench.mail_loop`.

Both send the same activation-sized mails over STARTTLS with sign-in to the same sink, in turns, so
that the noise of the machine hits both; only the ratio means something.
"""

import smtplib
import ssl
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from app.extensions import db
from app.mail import claims, endings, worker
from app.mail.models import OutboxState
from bench import place
from bench.place import Sink
from bench.report import Row, show

MESSAGES, ROUNDS, GOAL = 150, 7, 8


def main() -> int:
    """Measure in turns and print medians and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with place.sink(folder) as sink, place.peyk(folder, sink.ca_file):
            place.use(place.over_tls(sink.port))
            plain, ours = [], []
            for _ in range(ROUNDS):
                plain.append(_rate(lambda: _plain_program(sink)))
                ours.append(_rate(lambda: worker.drain(threading.Event())))
    ratio = statistics.median(ours) / statistics.median(plain)
    rows = [
        Row("a connection and an EmailMessage for each mail", plain, "mails/s", 1),
        Row("Peyk", ours, "mails/s", ratio, f"at least {GOAL}", ratio >= GOAL),
    ]
    return show("Claim, compose, TLS and sign-in, hand over, mark; one process, SQLite", rows)


def _rate(work: Callable[[], object]) -> float:
    place.enqueue(MESSAGES, str(time.time_ns()))
    started = time.perf_counter()
    work()
    return MESSAGES / (time.perf_counter() - started)


def _plain_program(sink: Sink) -> None:
    """A connection, a context and an EmailMessage for each mail; one claim for each mail."""
    while batch := claims.claim("plain", size=1):
        (message,) = batch
        with smtplib.SMTP("localhost", sink.port) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=str(sink.ca_file)))
            smtp.login(place.USER, place.PASSWORD)
            smtp.send_message(email_message(message.to))
        endings.close(message, endings.finished(OutboxState.SENT, "accepted"))
        db.session.commit()


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
