"""Lists by key."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.core.pagination import Cursor, Page, page_of
from app.extensions import db


@pytest.fixture
def seven(app: Flask) -> list[int]:
    """The numbers of seven rows, newest first."""
    at = datetime.now(UTC)
    rows = [
        AuditEntry(
            at=at, event="x", actor="a", target="t", ip="", request_id="", details={"n": number}
        )
        for number in range(7)
    ]
    db.session.add_all(rows)
    db.session.commit()
    return sorted((row.id for row in rows), reverse=True)


def numbers(cursor: Cursor | None = None) -> tuple[list[int], Cursor | None, Cursor | None]:
    page: Page[AuditEntry] = page_of(select(AuditEntry), AuditEntry.id, cursor, size=3)
    return [entry.id for entry in page.items], page.newer, page.older


def test_the_first_page_shows_the_newest(seven):
    shown, newer, older = numbers()
    assert shown == seven[:3]
    assert newer is None
    assert older == Cursor(seven[2])


def test_every_row_is_met_once_on_the_way_down(seven):
    met, cursor = [], None
    for _ in range(5):
        shown, _newer, cursor = numbers(cursor)
        met += shown
        if cursor is None:
            break
    assert met == seven


def test_the_way_up_ends_at_a_full_first_page(seven):
    _shown, newer, _older = numbers(Cursor(seven[4]))
    assert newer == Cursor(seven[5], newer=True)
    up, newer, _older = numbers(newer)
    assert up == seven[2:5]
    up, newer, _older = numbers(newer)
    assert up == seven[:3]
    assert newer is None


def test_a_place_below_everything_is_an_empty_page(seven):
    shown, _newer, older = numbers(Cursor(seven[-1]))
    assert not shown
    assert older is None


def test_one_page_knows_that_it_is_the_only_one(seven):
    assert page_of(select(AuditEntry), AuditEntry.id).is_only_one
    assert not page_of(select(AuditEntry), AuditEntry.id, size=3).is_only_one
