"""Where a writing transaction begins, and over which connection."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable

from app.core.prepared import PreparedQuery, Row
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


@contextmanager
def over_one_connection() -> Iterator[None]:
    """Let this thread use one connection for as long as the block lasts, and begin as a writer.

    For a worker: to fetch a connection from the pool and bring it back, over and over, costs more
    than what it does with it. Between two transactions nothing is open.
    """
    session = db.session()
    session.commit()
    with db.engine.connect() as connection:
        session.bind = connection.execution_options(begin_immediate=True)
        try:
            yield
        finally:
            session.rollback()
            session.bind = None


@contextmanager
def writing() -> Iterator[Connection]:
    """Lend a transaction as `begin` starts it; commit it at the end, undo it when the block breaks.

    The session takes part in it when it is used. Where it is not, and the connection is kept, this
    costs a tenth of what a transaction of the session costs.
    """
    session = db.session()
    if not isinstance(session.bind, Connection):
        with over_one_connection(), writing() as connection:
            yield connection
        return
    if session.in_transaction():
        session.commit()
    with session.bind.begin():
        try:
            yield session.bind
            if session.in_transaction():
                session.commit()  # of its part: what it has changed is executed
        except BaseException:
            session.rollback()
            raise


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


def ask(query: PreparedQuery, values: Mapping[str, object] | None = None) -> list[Row]:
    """Ask what is asked with every page in the present transaction, past SQLAlchemy's results."""
    return query.rows(db.session.connection(), values or {})
