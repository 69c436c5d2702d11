"""Statements that run with every mail or page: compiled once, then only bound and executed.

What SQLAlchemy does anew for each execution (find the compiled form, collect the parameters, make
a result that knows its columns) costs several times what the database needs for the statement.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Insert | Update | Delete
Row = tuple[Any, ...]
Written = TypeVar("Written", Statement, Select[Any])
_Processor = Callable[[Any], Any]
_NOTHING: Mapping[str, object] = MappingProxyType({})


class _Form:
    """A statement as one database wants it."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        if compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params:
            raise ValueError(f"not all of it is given by name: {compiled}")
        self.text = compiled.string
        self._fixed = compiled.params
        self._is_positional = compiled.positional
        self._binds: tuple[tuple[str, _Processor | None], ...] = tuple(
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or compiled.bind_names.values()
        )

    def bound(self, values: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        """Return the values as the driver wants them."""
        given = {**self._fixed, **values}
        ready = [process(given[name]) if process else given[name] for name, process in self._binds]
        if self._is_positional:
            return tuple(ready)
        return {name: value for (name, _), value in zip(self._binds, ready, strict=True)}


class _Prepared(Generic[Written]):
    """A statement with its form for each database, and for each set of names that are given."""

    def __init__(self, statement: Written) -> None:
        self._statement: Written = statement
        self._forms: dict[tuple[str, tuple[str, ...]], _Form] = {}

    def _form(self, dialect: Dialect, values: Mapping[str, object]) -> _Form:
        key = dialect.name, tuple(values)
        if key not in self._forms:
            compiled = self._statement.compile(dialect=dialect, column_keys=list(values))
            self._forms[key] = _Form(compiled, dialect)
        return self._forms[key]


class Prepared(_Prepared[Statement]):
    """A change that is executed often; whatever it binds by name is given each time.

    Values of columns come under the names of the columns, and all of them have to be given: no
    default of a column is put in.
    """

    def run(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Execute it in the transaction of a connection; return how many rows it touched."""
        form = self._form(connection.dialect, values)
        # Without the option the count of an INSERT is not read from the driver.
        options = {"preserve_rowcount": True}
        return connection.exec_driver_sql(
            form.text, form.bound(values), execution_options=options
        ).rowcount


class PreparedQuery(_Prepared[Select[Any]]):
    """A question that is asked often; its answer are plain tuples, in the order of its columns."""

    def __init__(self, statement: Select[Any]) -> None:
        super().__init__(statement)
        self._readers: dict[str, tuple[tuple[int, _Processor], ...]] = {}

    def rows(self, connection: Connection, values: Mapping[str, object] = _NOTHING) -> list[Row]:
        """Ask in the transaction of a connection, over the driver's own cursor."""
        dialect, form = connection.dialect, self._form(connection.dialect, values)
        bound = form.bound(values)
        for counts in connection.dispatch.before_cursor_execute:
            counts(connection, None, form.text, bound, None, False)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(form.text, bound)
            found, columns = cursor.fetchall(), cursor.description
        except dialect.loaded_dbapi.Error:
            # SQLAlchemy knows what that means for the connection, and says it in its own words.
            return [tuple(row) for row in connection.execute(self._statement, values)]
        finally:
            cursor.close()
        return self._read(found, dialect, columns)

    def _read(self, found: Sequence[Row], dialect: Dialect, columns: Any) -> list[Row]:
        """The rows with values as Python has them; `columns` is what the driver says of them."""
        if dialect.name not in self._readers:
            self._readers[dialect.name] = tuple(_readers(self._statement, dialect, columns))
        readers = self._readers[dialect.name]
        if not readers:
            return list(found)
        read = []
        for row in found:
            values = list(row)
            for place, reader in readers:
                values[place] = reader(values[place])
            read.append(tuple(values))
        return read


def _readers(
    statement: Select[Any], dialect: Dialect, columns: Any
) -> Iterator[tuple[int, _Processor]]:
    """Give what reads the values of a column, for those that are not ready as they come."""
    for place, column in enumerate(statement.selected_columns):
        kind = columns[place][1]
        reader = column.type.dialect_impl(dialect).result_processor(dialect, kind)
        if reader is not None:
            yield place, reader
