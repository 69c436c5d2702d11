"""`mail send-test`: the connection test of the settings page, from the shell."""

import click
from flask.cli import with_appcontext

from app.cli.users import AddressArgument
from app.core.addresses import Address
from app.core.errors import Refused
from app.i18n import locales
from app.mail.connection_test import connection_tests
from app.mail.connection_test.probe import StageReport, State
from app.mail.models import Role

_COLOURS = {State.PASSED: "green", State.FAILED: "red", State.WARNED: "yellow"}


@click.command("send-test")
@click.argument("address", type=AddressArgument())
@click.option(
    "--server",
    "role",
    type=click.Choice([role.value for role in Role]),
    default=Role.PRIMARY.value,
    show_default=True,
    help="Which of the stored servers is tried, active or not.",
)
@click.option(
    "--locale",
    type=click.Choice(sorted(locales.LOCALES)),
    default="en",
    show_default=True,
    help="The language of the test message.",
)
@with_appcontext
def send_test(address: Address, role: str, locale: str) -> None:
    """Send a test message to ADDRESS and print each stage as it ends.

    The exit code is 0 when the server accepted the message, 1 when it did not.
    """
    try:
        test = connection_tests.prepare_stored(Role(role), recipient=address.ascii, locale=locale)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for report in test.run():
        click.echo(_line(report))
    if not test.probe.passed:
        raise click.ClickException("The message was not accepted.")
    click.echo("The server accepted the message.")


def _line(report: StageReport) -> str:
    state = click.style(f"{report.state.value:<8}", fg=_COLOURS.get(report.state))
    words = " ".join(part for part in (report.detail, report.reply, _cause(report)) if part)
    time = f"{report.duration_ms:>6} ms" if report.duration_ms else " " * 9
    return f"{report.stage.value:<10} {state} {time}  {words}".rstrip()


def _cause(report: StageReport) -> str:
    return f"({report.diagnosis.code})" if report.diagnosis else ""
