"""What is wrong with mail and what was, and whether the webhook's receiver hears it."""

from datetime import timedelta

import click

from app.cli.mail import group
from app.core import site
from app.i18n import locales
from app.mail.alerts import notices, records
from app.mail.alerts import words as alert_words
from app.mail.alerts.records import Transition

_LOOKED_BACK = timedelta(days=7)
_SHOWN = 20


@group.command("alerts")
@click.option("--test", is_flag=True, help="Post a test notice and say what was answered.")
def show_alerts(*, test: bool) -> None:
    """List what is wrong now and what began and ended in the last seven days.

    The exit code is 1 when something is wrong, or when the receiver of the test did not take it.
    """
    with locales.use("en"):
        is_well = _test() if test else _list()
    raise SystemExit(0 if is_well else 1)


def _test() -> bool:
    if not site.current().webhook_url:
        click.echo(
            "Neither PEYK_ALERT_WEBHOOK_URL nor an address in the system settings: nobody is told."
        )
        return False
    answer = notices.send_test()
    click.echo(f"answer: {answer}")
    return answer.is_yes


def _list() -> bool:
    told = records.recent(_LOOKED_BACK)
    held = [alert for alert in told if alert.is_open]
    click.echo("open alerts:" if held else "open alerts: none")
    for alert in held:
        words = alert_words.begun(alert.condition, alert.role)
        click.echo(f"  {alert.condition}: {words}, since {alert.since:%Y-%m-%d %H:%M} UTC")
    changes = records.transitions(told, _LOOKED_BACK, _SHOWN)
    click.echo("last seven days:" if changes else "last seven days: nothing")
    for change in changes:
        click.echo(f"  {_line(change)}")
    return not held


def _line(change: Transition) -> str:
    words = alert_words.begun if change.begins else alert_words.over
    said = words(change.alert.condition, change.alert.role)
    return f"{change.at:%Y-%m-%d %H:%M} UTC  {'!' if change.begins else ' '} {said}"
