"""The whole loop, claim to verdict, against what a plain program does: `python -m bench.mail_loop`.

Both send the same activation-sized mails over STARTTLS with sign-in to the same sink, in turns, so
that the noise of the machine hits both; only the ratio means something.
"""

import smtplib
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import trustme

from app import create_app
from app.config import ROOT, Config
from app.core import audit
from app.extensions import db
from app.mail import claims, endings, kinds, outbox, servers, worker
from app.mail.models import Encryption, OutboxState
from app.mail.server_settings import Secret, ServerChange, SettingsChange

MESSAGES, ROUNDS = 150, 5
TEXT = "سلام سارا احمدی،\n\nحساب شما ساخته شد. این لینک را باز کنید:\n\nhttp://localhost/x\n" * 4
HTML = f"<div dir='rtl'><p>{TEXT}</p></div>" * 3


def main() -> None:
    """Measure in turns and print medians and their ratio."""
    with tempfile.TemporaryDirectory() as name, sink(Path(name)) as (port, ca_file):
        app = create_app(
            Config(
                secret_key="bench-" * 8,
                database_url=f"sqlite:///{name}/bench.sqlite3",
                mode="testing",
                instance_path=Path(name),
                smtp_ca_file=ca_file,
                log_level="ERROR",
            )
        )
        app.extensions["peyk.kinds"] = {"note": kinds.Kind("note", lambda _request: None)}
        kinds.compose = lambda *_: kinds.Written("فعال‌سازی حساب Peyk", TEXT, HTML)
        with app.app_context():
            db.create_all()
            _use(port)
            plain, ours = [], []
            for _ in range(ROUNDS):
                plain.append(_rate(lambda: _plain_program(port, ca_file)))
                ours.append(_rate(lambda: worker.drain(threading.Event())))
            _print(plain, ours)


def _rate(work: object) -> float:
    for about in range(MESSAGES):
        occasion = str(time.time_ns())
        outbox.enqueue("note", about=about, to="sara@example.com", locale="fa", occasion=occasion)
    db.session.commit()
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return MESSAGES / (time.perf_counter() - started)


def _plain_program(port: int, ca_file: Path) -> None:
    """A connection, a context and an EmailMessage for each mail; one claim for each mail."""
    while batch := claims.claim("plain", size=1):
        (message,) = batch
        mail = EmailMessage()
        mail["From"] = "پشتیبانی <support@example.com>"
        mail["To"], mail["Subject"] = message.to, "فعال‌سازی حساب Peyk"
        mail.set_content(TEXT)
        mail.add_alternative(HTML, subtype="html")
        with smtplib.SMTP("localhost", port) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=str(ca_file)))
            smtp.login("me", "password")
            smtp.send_message(mail)
        endings.close(message, endings.finished(OutboxState.SENT, "accepted"))
        db.session.commit()


def _print(plain: list[float], ours: list[float]) -> None:
    one, other = statistics.median(plain), statistics.median(ours)
    print(f"plain program: {one:6.0f} messages/s   {[round(rate) for rate in plain]}")
    print(f"Peyk:          {other:6.0f} messages/s   {[round(rate) for rate in ours]}")
    print(f"ratio:         {other / one:6.1f}")


def _use(port: int) -> None:
    server = ServerChange(
        host="localhost",
        port=port,
        encryption=Encryption.STARTTLS,
        username="me",
        password=Secret("password"),
        active=True,
    )
    change = SettingsChange("support@example.com", "پشتیبانی", True, server, ServerChange())
    servers.save(change, audit.SYSTEM)


@contextmanager
def sink(folder: Path, round_trip_ms: float = 0.0) -> Iterator[tuple[int, Path]]:
    authority = trustme.CA()
    ca_file, certificate = folder / "ca.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink", str(certificate), str(round_trip_ms)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), ca_file
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    main()
