"""A Peyk to try out: what `make run` needs on a new machine, and the world of `make demo`."""

import secrets

import click

from app.accounts import users
from app.accounts.passwords import policy
from app.cli import demo_servers, demo_world
from app.cli.demo_servers import SENDER_ADDRESS, SENDER_NAME
from app.cli.groups import Group
from app.config import current_config
from app.core import addresses, audit
from app.mail.models import Encryption
from app.mail.servers import servers
from app.mail.servers.servers import ServerChange, SettingsChange

group = Group("demo", help="A Peyk to try out on one machine.")

ADMIN_ADDRESS = "admin@example.com"
ADMIN_NAME = "مدیر سیستم"
# Without letters and digits that are mistaken for one another when they are typed from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5
# About as many as there are; the bar is filled at the end in any case.
_STEPS = 12


@group.command("prepare")
@click.option("--catcher-port", type=click.IntRange(1, 65535), default=2525, show_default=True)
def prepare(catcher_port: int) -> None:
    """Enter the mail catcher as primary server and make an administrator, where there is none."""
    _refuse_outside_development()
    _enter_catcher(catcher_port)
    _introduce_administrator()


@group.command("seed")
@click.option("--yes", is_flag=True, help="Add the demo although real people are there.")
@click.option("--people", type=click.IntRange(10, 1000), default=100, show_default=True)
@click.option("--seed", type=int, default=1405, show_default=True, help="Another one, other luck.")
@click.option("--catcher-port", type=click.IntRange(1, 65535), default=2525, show_default=True)
@click.option("--primary-port", type=click.IntRange(1, 65535), default=2526, show_default=True)
def seed_world(*, yes: bool, people: int, seed: int, catcher_port: int, primary_port: int) -> None:
    """Make a believable world: people, registrations, a month of mail, a tripped breaker.

    The same seed makes the same world; where it has been made before, nothing is changed.
    """
    _refuse_outside_development()
    if demo_world.is_there():
        click.echo(_looked_after(primary_port, catcher_port))
        click.echo(f"To begin anew, delete {current_config().instance_path} first.")
        return
    _refuse_what_could_hurt(sure=yes)
    demo_servers.enter(primary_port, catcher_port)
    with click.progressbar(length=_STEPS, label="Making the world of the demo") as bar:
        made = demo_world.make(people, seed, bar.update)
        bar.update(_STEPS)
    click.echo(
        f"  {made.people} people, of whom two manage the system (their passwords are random)"
    )
    click.echo(f"  {made.registrations} registrations that wait, one for each way a mail may fare")
    click.echo(f"  {made.mails} mails of the last 30 days, in every state, with what servers said")
    click.echo(f"  {made.alerts} alerts: the primary refuses the sign-in, the secondary carries")


def _looked_after(primary_port: int, catcher_port: int) -> str:
    if demo_servers.follow(primary_port, catcher_port):
        return "The world of the demo is there already; its servers follow to their new ports."
    return "The world of the demo is there already; nothing was changed."


def _refuse_outside_development() -> None:
    if current_config().mode != "development":
        raise click.ClickException("This is for trying out only; set PEYK_MODE=development.")


def _refuse_what_could_hurt(*, sure: bool) -> None:
    """Stop before anything is sent to anybody, or mixed with somebody's own data unasked."""
    if danger := demo_servers.refusal(servers.current()):
        raise click.ClickException(danger)
    if not sure and (real := demo_world.real_people()):
        raise click.ClickException(
            f"This database has real people ({real[0]} and {len(real) - 1} more). The demo has a "
            "folder of its own: make demo. To add it here all the same: --yes"
        )


def _enter_catcher(port: int) -> None:
    """Save the catcher as the primary server, unless anybody has saved anything before."""
    settings = servers.current()
    if settings.updated_at is None and not settings.primary.is_saved:
        catcher = ServerChange(
            host="127.0.0.1",
            port=port,
            encryption=Encryption.NONE,
            requires_auth=False,
            active=True,
        )
        change = SettingsChange(
            sender_address=SENDER_ADDRESS,
            sender_name=SENDER_NAME,
            smtp_active=True,
            primary=catcher,
            secondary=ServerChange(),
        )
        servers.save(change, audit.CONSOLE)
    elif not any((server.host, server.port) == ("127.0.0.1", port) for server in settings.servers):
        click.echo("Mail goes to the servers of the SMTP settings, not to the mail catcher.")


def _introduce_administrator() -> None:
    """Make the first administrator and show the password once; later only say who it is."""
    if not users.has_admin():
        password = strong_password()
        users.create_admin(addresses.parse(ADMIN_ADDRESS), ADMIN_NAME, password, audit.CONSOLE)
        click.echo(f"Administrator {ADMIN_ADDRESS}\nPassword      {password}")
        click.echo("              shown this once and stored nowhere: note it down")
        return
    names = ", ".join(user.email for user in users.admins())
    click.echo(f"Administrator {names}")


def strong_password() -> str:
    """A random password that is easy to type, with about 99 bits in it."""
    while True:
        password = "-".join(_random_group() for _ in range(_GROUPS))
        if policy.problem(password, name=ADMIN_NAME, email=ADMIN_ADDRESS) is None:
            return password


def _random_group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH))
