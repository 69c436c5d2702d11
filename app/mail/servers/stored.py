"""What is stored about sender and servers, and how they fare: one question, past the object layer.

Every mail and every page of the panel asks; the object layer would cost more than the question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    literal,
    select,
    true,
    union_all,
)

from app.core import transaction
from app.core.prepared import PreparedQuery
from app.extensions import Base
from app.mail import models
from app.mail.models import Role, ServerHealth, SmtpServer
from app.mail.servers import server_rows


class _Rows:
    """A table whose rows stand beside those of others in one answer."""

    def __init__(self, model: type[Base]) -> None:
        self.table = cast(Table, model.__table__)
        self.columns = [column.label(None) for column in self.table.columns]
        self._names = self.table.columns.keys()

    def of(self, values: Sequence[Any]) -> Any:
        """Return the row that these values are; None where the table has none."""
        if values[0] is None:
            return None
        return SimpleNamespace(**dict(zip(self._names, values, strict=True)))


_SENDER: Final = _Rows(models.MailSettings)
_SERVER: Final = _Rows(SmtpServer)
_HEALTH: Final = _Rows(ServerHealth)
_ROLES = union_all(*(select(literal(role.value, String).label("role")) for role in Role)).subquery()
_FIRST: Final = len(_SENDER.columns)
_SECOND: Final = _FIRST + len(_SERVER.columns)
_THIRD: Final = _SECOND + len(_HEALTH.columns)


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows as one moment saw them; None stands for a row that was never written."""

    sender: Any
    servers: Mapping[Role, Any]
    health: Mapping[Role, Any]


def question(*more: ColumnElement[Any]) -> Select[Any]:
    """Return the question, which gives a row for each role; `more` stands at the end of each."""
    return (
        select(_ROLES.c.role, *_SENDER.columns, *_SERVER.columns, *_HEALTH.columns, *more)
        .select_from(_ROLES)
        .outerjoin(_SENDER.table, and_(true(), _SENDER.table.c.id == server_rows.ONLY))
        .outerjoin(_SERVER.table, _SERVER.table.c.role == _ROLES.c.role)
        .outerjoin(_HEALTH.table, _HEALTH.table.c.role == _ROLES.c.role)
    )


def of_answer(answer: Sequence[Sequence[Any]]) -> tuple[Stored, Sequence[Any]]:
    """Return what an answer to the question says, and what `more` there was in it."""
    found = {Role(row[0]): row[1:] for row in answer}
    one = found[Role.PRIMARY]
    stored = Stored(
        _SENDER.of(one[:_FIRST]),
        {role: _SERVER.of(values[_FIRST:_SECOND]) for role, values in found.items()},
        {role: _HEALTH.of(values[_SECOND:_THIRD]) for role, values in found.items()},
    )
    return stored, one[_THIRD:]


_QUESTION: Final = PreparedQuery(question())


def read() -> Stored:
    """Return what is stored now, as far as the present transaction sees it."""
    return of_answer(transaction.ask(_QUESTION))[0]
