"""The shell's door to the mail service."""

import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup

from app.config import current_config
from app.mail import engine, queries, worker

group = AppGroup("mail", help="The mail service: run its worker, ask how it stands.")


@group.command("worker")
def run_worker() -> None:
    """Deliver mail until told to stop (Ctrl-C or SIGTERM).

    The message in hand is finished, the rest is given back.
    """
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    consumer = engine.current().run(current_config().worker_threads)
    # After the consumer, which installs handlers of its own.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    heart = threading.Thread(target=worker.keep_beating, args=(app, stopped), daemon=True)
    heart.start()
    click.echo(worker.describe(consumer))
    stopped.wait()
    engine.current().stopping.set()
    consumer.stop(graceful=True)
    heart.join()
    worker.leave()
    click.echo("worker stopped")


@group.command("status")
def status() -> None:
    """Say how mail stands; the exit code is 1 when nobody gets mail now."""
    now = queries.overview()
    click.echo(f"situation: {now.situation}")
    click.echo(f"waiting: {now.waiting}")
    click.echo(f"worker alive: {'yes' if queries.worker_alive() else 'no'}")
    if now.failing:
        click.echo(f"failing: {now.failing} at {now.last_stage}: {now.last_reply}")
    raise SystemExit(1 if now.is_disturbed else 0)
