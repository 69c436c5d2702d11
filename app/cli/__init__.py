"""The shell's door: `flask --app wsgi …`."""

from flask import Flask

from app.cli import alerts, demo, i18n, mail, users
from app.config import Config

__all__ = ["alerts", "demo", "i18n", "init_app", "mail", "users"]


def init_app(app: Flask) -> None:
    """Add the command groups; those for a fresh machine exist in development only."""
    config: Config = app.extensions["peyk.config"]
    for module in (mail, users, i18n):
        app.cli.add_command(module.group)
    if config.mode == "development":
        app.cli.add_command(demo.group)
