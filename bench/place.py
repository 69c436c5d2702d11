"""Where the measurements take place: a Peyk in a folder, and a sink that takes its mail."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from flask import Flask

from app import create_app
from app.config import ROOT, Config
from app.core import audit, transaction
from app.extensions import db
from app.mail import kinds
from app.mail.engine import engine
from app.mail.models import Encryption
from app.mail.outbox import outbox
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from app.mail.servers import servers

SENDER, SENDER_NAME = "support@example.com", "پشتیبانی"
SUBJECT = "فعال‌سازی حساب Peyk"
TEXT = "سلام سارا احمدی،\n\nحساب شما ساخته شد. این لینک را باز کنید:\n\nhttp://localhost/x\n" * 4
HTML = f"<div dir='rtl'><p>{TEXT}</p></div>" * 3
USER, PASSWORD = "me", "password"


@dataclass(frozen=True)
class Sink:
    """An SMTP server that takes everything; with a certificate it offers STARTTLS and AUTH."""

    port: int
    ca_file: Path | None


@contextmanager
def sink(folder: Path, round_trip_ms: float = 0.0, *, tls: bool = True) -> Iterator[Sink]:
    """Run a sink as a process of its own, so that it shares no interpreter with the measured."""
    ca_file, certificate = folder / "ca.pem", folder / "server.pem"
    if tls:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(ca_file))
        pair = authority.issue_cert("localhost").private_key_and_cert_chain_pem
        pair.write_to_path(str(certificate))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink", str(certificate) if tls else "-", str(round_trip_ms)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Sink(int(process.stdout.readline()), ca_file if tls else None)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def peyk(
    folder: Path, ca_file: Path | None = None, database_url: str = "", mode: str = "testing"
) -> Iterator[Flask]:
    """Lend a Peyk with empty tables, inside its context; its only kind of mail is a note.

    In the mode `development` its engine is the real one, in `testing` it wakes nobody.
    """
    config = Config(
        secret_key="bench-" * 8,
        database_url=database_url or f"sqlite:///{folder}/bench.sqlite3",
        mode=mode,
        instance_path=folder,
        smtp_ca_file=ca_file,
        log_level="ERROR",
    )
    app = create_app(config)
    app.extensions["peyk.kinds"] = {"note": kinds.Kind("note", lambda _request: None)}
    kinds.compose = lambda *_: kinds.Written(SUBJECT, TEXT, HTML)
    with app.app_context():
        db.create_all()
        try:
            yield app
        finally:
            engine.current().stop()
            db.session.remove()
            db.engine.dispose()


def use(primary: ServerChange, secondary: ServerChange | None = None) -> None:
    """Send through these servers from now on."""
    second = secondary or ServerChange()
    servers.save(SettingsChange(SENDER, SENDER_NAME, True, primary, second), audit.SYSTEM)


def over_tls(port: int) -> ServerChange:
    """Return a server with STARTTLS and sign-in, as nearly all are."""
    return ServerChange(
        host="localhost",
        port=port,
        encryption=Encryption.STARTTLS,
        username=USER,
        password=Secret(PASSWORD),
        active=True,
    )


def plain(port: int) -> ServerChange:
    """Return a server without encryption and sign-in."""
    return ServerChange(
        host="127.0.0.1",
        port=port,
        encryption=Encryption.NONE,
        requires_auth=False,
        active=True,
    )


def enqueue(count: int, occasion: str) -> None:
    """Put notes into the outbox, in one transaction."""
    transaction.begin()
    for about in range(count):
        outbox.enqueue("note", about=about, to="sara@example.com", locale="fa", occasion=occasion)
    db.session.commit()
