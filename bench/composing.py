"""What it costs to write a mail: `python -m bench.composing`.

CPU time of this process, in turns: Python's `EmailMessage` against the headers that are written
once and kept. Both make a Persian mail in two parts with the same words.
"""

import email
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, default

from app.mail.message import Message
from bench import place
from bench.mail_loop import email_message
from bench.report import Row, show

MESSAGES, ROUNDS, GOAL = 100, 15, 1 / 20
TO = "sara@example.com"


def main() -> int:
    """Measure in turns and print medians and their ratio."""
    _compare()
    usual, ours = [], []
    for _ in range(ROUNDS):
        usual.append(_cpu(lambda: email_message(TO).as_bytes(policy=SMTP)))
        ours.append(_cpu(peyk_message))
    ratio = statistics.median(ours) / statistics.median(usual)
    rows = [
        Row("EmailMessage", usual, "µs", 1),
        Row("Peyk", ours, "µs", ratio, "at most 0.05", ratio <= GOAL),
    ]
    return show("CPU time to write one mail", rows)


def _compare() -> None:
    """Make sure that both say the same: what is quick and wrong is not quick."""
    usual, ours = (
        _read(data) for data in (email_message(TO).as_bytes(policy=SMTP), peyk_message())
    )
    assert [usual[name] for name in ("From", "To", "Subject")] == [
        ours[name] for name in ("From", "To", "Subject")
    ]
    for kind in ("plain", "html"):
        one, other = usual.get_body((kind,)), ours.get_body((kind,))
        assert one is not None
        assert other is not None
        assert one.get_content().strip() == other.get_content().strip()


def _read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=default)


def peyk_message() -> bytes:
    return Message(
        sender_address=place.SENDER,
        sender_name=place.SENDER_NAME,
        to=TO,
        subject=place.SUBJECT,
        text=place.TEXT,
        html=place.HTML,
        locale="fa",
        message_id="<0@localhost>",
        date=datetime.now(UTC),
    ).as_bytes()


def _cpu(write: Callable[[], bytes]) -> float:
    started = time.process_time()
    for _ in range(MESSAGES):
        write()
    return (time.process_time() - started) / MESSAGES * 1_000_000


if __name__ == "__main__":
    sys.exit(main())
