"""A transaction that writes, on a connection of its own or on one that is kept."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import audit, transaction
from app.core.audit import AuditEntry
from app.extensions import db

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(params=[nullcontext, transaction.over_one_connection], ids=["fresh", "kept"])
def connection(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """Work as a page does, and as a worker does."""
    kept: AbstractContextManager[None] = request.param()
    with kept:
        yield


def note(event: str) -> None:
    audit.record(event, actor=audit.SYSTEM)


def break_after(event: str) -> None:
    with transaction.writing():
        note(event)
        db.session.flush()
        raise ZeroDivisionError


def noted() -> list[str]:
    db.session.rollback()  # what was not committed is gone
    return list(db.session.scalars(select(AuditEntry.event)))


@pytest.mark.usefixtures("connection")
def test_what_the_session_changes_in_the_block_is_committed_with_it() -> None:
    with transaction.writing() as lent:
        note("one")
        assert lent.in_transaction()
    assert noted() == ["one"]


@pytest.mark.usefixtures("connection")
def test_what_the_session_changes_in_a_block_that_breaks_is_undone() -> None:
    with pytest.raises(ZeroDivisionError):
        break_after("one")
    assert not noted()


@pytest.mark.usefixtures("connection")
def test_a_block_that_broke_is_followed_by_one_that_holds() -> None:
    with pytest.raises(ZeroDivisionError):
        break_after("one")
    with transaction.writing():
        note("two")
    assert noted() == ["two"]


def test_nothing_is_open_between_two_transactions_of_a_kept_connection() -> None:
    with transaction.over_one_connection():
        with transaction.writing() as lent:
            note("one")
        assert not lent.in_transaction()
        assert not db.session().in_transaction()
    assert lent.closed
    assert noted() == ["one"]
