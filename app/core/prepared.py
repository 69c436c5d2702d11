"""Statements that run with every mail: compiled once, then only bound and executed.

What SQLAlchemy does anew for each execution (find the compiled form, collect the parameters, make
a result that knows its columns) costs several times what the database needs for the statement.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Update

Statement = Insert | Update | Delete
_Processor = Callable[[Any], object]


class Prepared:
    """A change that is executed often; whatever it binds by name is given each time.

    Values of columns come under the names of the columns, and all of them have to be given: no
    default of a column is put in.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, tuple[str, ...]], _Form] = {}

    def run(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Execute it in the transaction of a connection; return how many rows it touched."""
        key = connection.dialect.name, tuple(values)
        if key not in self._forms:
            self._forms[key] = _Form(self._statement, connection.dialect, key[1])
        form = self._forms[key]
        # Without the option the count of an INSERT is not read from the driver.
        options = {"preserve_rowcount": True}
        return connection.exec_driver_sql(
            form.text, form.bound(values), execution_options=options
        ).rowcount


class _Form:
    """A statement as one database wants it, for values of these names."""

    def __init__(self, statement: Statement, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
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
