"""What `make run` needs on a new machine: the mail catcher entered, somebody who may sign in."""

import secrets

import click
from flask.cli import AppGroup

from app.accounts import password_policy, users
from app.config import current_config
from app.core import addresses, audit
from app.mail import servers
from app.mail.models import Encryption
from app.mail.servers import ServerChange, SettingsChange

group = AppGroup("demo", help="A Peyk to try out on one machine.")

ADMIN_ADDRESS = "admin@example.com"
ADMIN_NAME = "مدیر سیستم"
SENDER_ADDRESS = "support@example.com"
SENDER_NAME = "سامانه پشتیبانی"
# Without letters and digits that are mistaken for one another when they are typed from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5


@group.command("prepare")
@click.option("--catcher-port", type=click.IntRange(1, 65535), default=2525, show_default=True)
def prepare(catcher_port: int) -> None:
    """Enter the mail catcher as primary server and make an administrator, where there is none."""
    if current_config().mode != "development":
        raise click.ClickException("This is for trying out only; set PEYK_MODE=development.")
    _enter_catcher(catcher_port)
    _introduce_administrator()


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
    elif (settings.primary.host, settings.primary.port) != ("127.0.0.1", port):
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
    click.echo("New password  .venv/bin/python -m tools.command users set-password EMAIL")


def strong_password() -> str:
    """A random password that is easy to type, with about 99 bits in it."""
    while True:
        password = "-".join(_random_group() for _ in range(_GROUPS))
        if password_policy.problem(password, name=ADMIN_NAME, email=ADMIN_ADDRESS) is None:
            return password


def _random_group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH))
