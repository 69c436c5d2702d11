"""Where a writing transaction begins."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, Executable

from app.extensions import db


def begin() -> None:
    """Start the transaction of a deed that reads and then writes.

    Ends whatever was read before and, on SQLite, takes the write lock at once: there a read
    transaction that wants to write fails at once ("database is locked") when another writer was
    quicker, whatever the busy timeout says. Objects loaded earlier are expired and read anew.
    """
    session = db.session()
    if session.in_transaction():
        session.commit()
    session.connection(execution_options={"begin_immediate": True})


def changed(statement: Executable, values: Mapping[str, object] | None = None) -> int:
    """Execute a change in the present transaction and return how many rows it touched."""
    result = cast(CursorResult[Any], db.session.execute(statement, values))
    return int(result.rowcount)


def run(statement: Executable, values: Mapping[str, object] | None = None) -> CursorResult[Any]:
    """Execute a statement over bare tables in the present transaction, past the object layer.

    For what happens with every mail: the object layer costs as much again as the statement, and
    has nothing to keep in step here.
    """
    return db.session.connection().execute(statement, values)
