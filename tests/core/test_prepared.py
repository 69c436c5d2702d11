"""Questions that are compiled once: answered as SQLAlchemy would answer them, and counted alike."""

from datetime import UTC, datetime
from typing import cast

import pytest
from sqlalchemy import Table, bindparam, column, event, insert, select, table
from sqlalchemy.exc import DBAPIError

from app.core import transaction
from app.core.audit import AuditEntry
from app.core.prepared import PreparedQuery
from app.extensions import db

T = cast(Table, AuditEntry.__table__)
AT = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
NUMBERED = select(T.c.id, T.c.at, T.c.details, T.c.event).where(T.c.event == bindparam("event"))


@pytest.fixture
def entry(app):
    """One entry whose values are not what the driver keeps."""
    row = {"at": AT, "actor": "nobody", "event": "tests.seen", "target": "", "ip": ""}
    db.session.execute(insert(T).values(row | {"details": {"a": [1]}, "request_id": ""}))
    db.session.commit()


def test_an_answer_is_what_sqlalchemy_would_give(entry):
    wanted = {"event": "tests.seen"}
    (row,) = transaction.ask(PreparedQuery(NUMBERED), wanted)
    assert row == tuple(db.session.execute(NUMBERED, wanted).one())
    assert row[1:3] == (AT, {"a": [1]})


def test_nothing_is_kept_of_an_earlier_answer(entry):
    query = PreparedQuery(NUMBERED)
    assert len(transaction.ask(query, {"event": "tests.seen"})) == 1
    assert transaction.ask(query, {"event": "tests.unseen"}) == []


def test_who_counts_statements_counts_these_too(entry):
    heard = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: heard.append(told[2]))
    transaction.ask(PreparedQuery(NUMBERED), {"event": "tests.seen"})
    assert len(heard) == 1
    assert heard[0].startswith("SELECT")


def test_what_goes_wrong_is_said_by_sqlalchemy(app):
    nowhere = PreparedQuery(select(column("id")).select_from(table("nowhere")))
    with pytest.raises(DBAPIError, match=r"nowhere|aborted"):
        transaction.ask(nowhere)
    db.session.rollback()


def test_a_question_with_parts_that_change_is_refused(app):
    with pytest.raises(ValueError, match="by name"):
        transaction.ask(PreparedQuery(select(T.c.id).where(T.c.id.in_([1, 2]))))
