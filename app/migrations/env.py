"""How Alembic finds the tables and the database."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from app.core.columns import UtcDateTime
from app.mail.engine import stores


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what the database sees, so that migrations stand alone."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out the tables in which the task engine keeps its wake-ups: it makes them itself."""
    return kind != "table" or not (name or "").startswith(f"{stores.TABLE_PREFIX}_")


def run() -> None:
    """Bring the database of the present application to the wanted revision."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=True,
            include_name=_is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
