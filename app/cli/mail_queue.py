"""`mail retry`, `mail cancel`, `mail purge`: what an operator orders about the outbox."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from app.core import audit, clock
from app.core.audit import Actor
from app.mail.models import OPEN_STATES, OutboxState
from app.mail.outbox import by_hand, outbox, retention

AT_ONCE = 500
# With fewer messages than this nobody has to wait, and a bar would only flicker.
MANY = 1000

Deed = Callable[[Sequence[int], Actor], int]
_YES = click.option("--yes", is_flag=True, help="Do not ask.")


def _state_option(states: Sequence[OutboxState]) -> Callable[[Callable[..., None]], click.Command]:
    choice = click.Choice([state.value for state in states])
    return click.option(
        "--state", "states", type=choice, multiple=True, help="All in that state; may be repeated."
    )  # type: ignore[return-value]


@click.command("retry")
@click.argument("numbers", metavar="[ID]...", type=click.IntRange(1), nargs=-1)
@click.option("--failed", is_flag=True, help="All that failed or expired.")
@_state_option(OPEN_STATES + by_hand.GIVEN_UP)
@click.option("--all", "everything", is_flag=True, help="All that wait, failed or expired.")
@_YES
@with_appcontext
def retry(
    numbers: tuple[int, ...], *, failed: bool, states: tuple[str, ...], everything: bool, yes: bool
) -> None:
    """Try messages now.

    Those that wait become due; those that failed or expired start again, with a fresh lifetime.
    """
    wanted = [OutboxState(state) for state in states] + list(by_hand.GIVEN_UP if failed else ())
    wanted = [*OPEN_STATES, *by_hand.GIVEN_UP] if everything else wanted
    _order(by_hand.retry_now, "Try", _chosen(numbers, wanted), yes=yes)


@click.command("cancel")
@click.argument("numbers", metavar="[ID]...", type=click.IntRange(1), nargs=-1)
@_state_option(OPEN_STATES)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
@_YES
@with_appcontext
def cancel(
    numbers: tuple[int, ...], *, states: tuple[str, ...], everything: bool, yes: bool
) -> None:
    """Cancel messages that wait: nobody will get them.

    What a worker has in hand just now cannot be cancelled.
    """
    wanted = list(OPEN_STATES) if everything else [OutboxState(state) for state in states]
    _order(by_hand.cancel, "Cancel", _chosen(numbers, wanted), yes=yes)


@click.command("purge")
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(0, 36500),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="Only what ended longer ago.",
)
@_state_option(retention.FINAL)
@_YES
@with_appcontext
def purge(days: int, *, states: tuple[str, ...], yes: bool) -> None:
    """Delete messages that have ended, and what the servers said about them.

    Without --state: those that were sent or cancelled. The audit stays.
    """
    wanted = [OutboxState(state) for state in states] or list(retention.DONE)
    before = clock.now() - timedelta(days=days)
    total = retention.count_old(wanted, before)
    if not total:
        click.echo("There is nothing to delete.")
        return
    _confirm(f"Delete {_messages(total)} for good?", yes=yes)
    gone = 0
    with _bar(total) as bar:
        for step in retention.purge_by_hand(wanted, before, audit.CONSOLE):
            gone += step
            bar.update(step)
    click.echo(f"Deleted: {_messages(gone)}.")


def _chosen(numbers: tuple[int, ...], states: Sequence[OutboxState]) -> list[int]:
    """Return the numbers of the chosen messages; to choose nothing, or in two ways, is an error."""
    if bool(numbers) == bool(states):
        raise click.UsageError("Name messages by their numbers, or choose them by their state.")
    return list(dict.fromkeys(numbers)) if numbers else outbox.numbers(states)


def _order(deed: Deed, verb: str, numbers: Sequence[int], *, yes: bool) -> None:
    """Do it to all of them in portions; fail when some could not be changed."""
    if not numbers:
        click.echo("There is no such message.")
        return
    _confirm(f"{verb} {_messages(len(numbers))} now?", yes=yes)
    changed = 0
    with _bar(len(numbers)) as bar:
        for start in range(0, len(numbers), AT_ONCE):
            portion = numbers[start : start + AT_ONCE]
            changed += deed(portion, audit.CONSOLE)
            bar.update(len(portion))
    click.echo(f"Changed: {_messages(changed)}.")
    if changed < len(numbers):
        raise click.ClickException(
            f"{_messages(len(numbers) - changed)} could not be changed: unknown, in a worker's "
            "hands, or in a state that does not allow it."
        )


def _confirm(question: str, *, yes: bool) -> None:
    if not yes:
        click.confirm(question, abort=True)


def _bar(length: int) -> AbstractContextManager[Any]:
    return click.progressbar(length=length, hidden=length < MANY, label="Messages")


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
