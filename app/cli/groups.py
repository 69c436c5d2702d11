"""A group of commands that speaks of a database that cannot be used in a sentence."""

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError


class Group(AppGroup):
    """Commands that need the database; what it refuses is said with what mends it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named; without tables or without an answer exit with 1."""
        try:
            return super().invoke(ctx)
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            said = str(error.orig).strip().partition("\n")[0]
            raise click.ClickException(
                f"The database cannot be used ({said}). If it is new, or Peyk was upgraded, run "
                "`flask --app wsgi db upgrade`; else look whether DATABASE_URL is right and the "
                "server runs."
            ) from error
