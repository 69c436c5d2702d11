"""The extensions, unbound: everybody may import them, they import nothing of ours."""

import sqlite3

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 30_000


class Base(DeclarativeBase):
    """The base of all tables; every constraint has a name, so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class OurSession(Session):
    """A session of the one database there is, or of one connection when it is bound to that."""

    def get_bind(self, *_args: object, **_options: object) -> Engine | Connection:
        """Return where to execute; nothing of a statement decides it."""
        return self.bind or db.engine


db = SQLAlchemy(model_class=Base, session_options={"class_": OurSession})
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Make SQLite safe for several processes: WAL, foreign keys, patience, full durability."""
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()
    # The driver begins transactions late and silently; `_begin` below does it in the open.
    connection.isolation_level = None


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Take SQLite's write lock only when asked (`begin_immediate`), else begin lazily."""
    if connection.dialect.name != "sqlite":
        return
    immediate = connection.get_execution_options().get("begin_immediate", False)
    statement = "BEGIN IMMEDIATE" if immediate else "BEGIN"
    try:
        # Past SQLAlchemy, which would take longer for it than for the rest of a small transaction.
        connection.connection.cursor().execute(statement)
    except sqlite3.OperationalError as error:
        raise OperationalError(statement, None, error) from error
