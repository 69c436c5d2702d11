"""Commands about people: the first administrator, and the way back in when mail is dead."""

import sys
from collections.abc import Callable

import click

from app.accounts import users
from app.accounts.models import NAME_LENGTH, User
from app.accounts.passwords.policy import Problem
from app.accounts.second_factor import seals, second_factor
from app.accounts.users import AlreadyThere, WeakPassword
from app.cli.groups import Group
from app.core import addresses, audit
from app.core.addresses import Address, InvalidAddress
from app.core.errors import NotFound
from app.i18n import normalise

group = Group("users", help="People who may sign in.")

# A shell speaks English: these sentences are for the operator.
_PROBLEMS = {
    Problem.TOO_SHORT: "it needs at least {at_least} characters.",
    Problem.TOO_LONG: "it is too long.",
    Problem.PERSONAL: "it is little more than the name, the address or the name of the system.",
    Problem.COMMON: "many people use it or one very much like it.",
    Problem.GUESSABLE: "it is easy to guess; join a few words that do not belong together.",
}


class AddressArgument(click.ParamType[Address]):
    """An e-mail address on the command line."""

    name = "email"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        """Return the address, or fail with a sentence."""
        try:
            return addresses.parse(str(value))
        except InvalidAddress:
            self.fail(f"{value!r} is not an e-mail address.", param, ctx)


@group.command("create-admin")
@click.argument("email", type=AddressArgument())
@click.option("--name", default="", help="The name to show; by default the address.")
@click.option("--promote", is_flag=True, help="Do not ask before promoting an existing user.")
def create_admin(email: Address, name: str, *, promote: bool) -> None:
    """Make an administrator; the password comes from the prompt or from standard input."""
    if users.find(email) is not None:
        _promote(email, sure=promote)
        return
    shown = normalise.human(name)[:NAME_LENGTH] or email.display[:NAME_LENGTH]
    password = _password()
    user = _or_fail(lambda: users.create_admin(email, shown, password, audit.CONSOLE))
    click.echo(f"{user.email} is an administrator and may sign in.")


@group.command("list-admins")
def list_admins() -> None:
    """Print the administrators, one a line; fail when there is none."""
    for user in users.admins():
        click.echo(f"{user.email}\t{user.name}\t{user.state}")
    if not users.has_admin():
        raise click.ClickException("There is no administrator who may sign in.")


@group.command("set-password")
@click.argument("email", type=AddressArgument())
def set_password(email: Address) -> None:
    """Give somebody another password; all their sessions end."""
    if users.find(email) is None:
        raise click.ClickException(f"Nobody has the address {email.display}.")
    password = _password()
    user = _or_fail(lambda: users.set_password(email, password, audit.CONSOLE))
    click.echo(f"{user.email} has a new password; all sessions have ended.")


@group.command("reset-second-factor")
@click.argument("email", type=AddressArgument())
def reset_second_factor(email: Address) -> None:
    """Take the second step of signing in from somebody who has lost phone and recovery codes.

    The password stays, all sessions end, a mail tells them. Make sure that it is they who ask.
    """
    user = _or_fail(lambda: second_factor.reset(email, audit.CONSOLE))
    click.echo(f"{user.email} signs in with the password alone; all sessions have ended.")


@group.command("enable")
@click.argument("email", type=AddressArgument())
def enable(email: Address) -> None:
    """Let somebody in again whose account was disabled."""
    user = _or_fail(lambda: users.enable(email, audit.CONSOLE))
    click.echo(f"{user.email} may sign in again.")


@group.command("sign-out")
@click.argument("email", type=AddressArgument())
def sign_out(email: Address) -> None:
    """End all sessions of somebody and forget their remembered browsers."""
    user = _or_fail(lambda: users.sign_out(email, audit.CONSOLE))
    click.echo(f"{user.email} is signed out everywhere.")


@group.command("seal-anew")
def seal_anew() -> None:
    """Seal the secrets of all authenticator apps with the present SECRET_KEY."""
    sealed = seals.seal_anew()
    click.echo(f"{sealed.anew} secrets were sealed with the new key.")
    if sealed.unreadable:
        raise click.ClickException(
            f"{sealed.unreadable} secrets can be read with no key. Add the key of that time to "
            "SECRET_KEY_FALLBACKS, or let their owners set the app up anew: "
            "users reset-second-factor."
        )


def _promote(email: Address, *, sure: bool) -> None:
    """Make somebody who exists an administrator, once it is clear that this is meant."""
    if not sure:
        if not sys.stdin.isatty():
            raise click.ClickException(
                f"{email.display} exists already. Add --promote to make them an administrator; "
                "their password stays. Another password: users set-password."
            )
        click.confirm(f"{email.display} exists already. Make them an administrator?", abort=True)
    user = _or_fail(lambda: users.promote(email, audit.CONSOLE))
    click.echo(
        f"{user.email} is an administrator; the password is unchanged. "
        "If it is too short for the panel, a longer one is asked for at the next sign-in."
    )


def _password() -> str:
    """Ask twice at a terminal; elsewhere take the first line of standard input."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.ClickException("No password: type it at the prompt or send it in one line.")
    return password


def _or_fail(deed: Callable[[], User]) -> User:
    """Do it, or say in one sentence why not."""
    try:
        return deed()
    except WeakPassword as refusal:
        why = _PROBLEMS[refusal.problem].format(at_least=refusal.at_least)
        raise click.ClickException(f"The password: {why}") from refusal
    except AlreadyThere as refusal:
        raise click.ClickException("Somebody has this address by now.") from refusal
    except NotFound as refusal:
        raise click.ClickException("Nobody has this address any more.") from refusal
