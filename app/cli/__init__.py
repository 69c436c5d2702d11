"""The shell's door: `flask --app wsgi …`."""

from flask import Flask

from app.cli import demo, i18n, mail, users


def init_app(app: Flask) -> None:
    """Add the command groups; those for a fresh machine exist in development only."""
    for group in (mail.group, users.group, i18n.group):
        app.cli.add_command(group)
    if app.extensions["peyk.config"].mode == "development":
        app.cli.add_command(demo.group)
