"""The shell's door to the mail service: run its worker, ask how it stands, move what is stuck."""

import json
import signal

import click

from app.cli.groups import Group
from app.cli.mail_queue import cancel, purge, retry
from app.cli.mail_status import report
from app.cli.mail_trial import send_test
from app.config import current_config
from app.here import application
from app.mail.delivery.service import Service
from app.mail.status import queries

_ENDING = (signal.SIGTERM, signal.SIGINT)

group = Group("mail", help="The mail service: run its worker, ask how it stands, move mail.")
for _command in (send_test, retry, cancel, purge):
    group.add_command(_command)


@group.command("worker")
@click.option(
    "--threads",
    type=click.IntRange(1, 16),
    help="Messages sent at the same time; by default PEYK_WORKER_THREADS.",
)
def run_worker(threads: int | None) -> None:
    """Deliver mail until told to stop (Ctrl-C or SIGTERM).

    The message in hand is finished, the rest is given back.
    """
    # Waited for, not handled: a handler runs only when the main thread wakes, which a signal that
    # another thread received does not see to, and it may find the lock held that it needs.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    app = application()
    service = Service(app, threads or current_config().worker_threads)
    click.echo(service.start())
    signal.sigwait(_ENDING)
    service.stop()
    click.echo("worker stopped")


@group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
def status(*, as_json: bool) -> None:
    """Say how mail stands; the exit code is 1 when nobody gets mail now."""
    facts = report()
    click.echo(json.dumps(facts.as_json(), indent=2) if as_json else facts.as_text())
    raise SystemExit(1 if queries.is_disturbed() else 0)
