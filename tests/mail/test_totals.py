"""The counters of attempts: kept by the worker, added up by the database."""

import pytest
from sqlalchemy.exc import OperationalError

from app.mail.status import totals
from tests.mail.conftest import enqueue, use, work
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes")


def counted() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in totals.all_totals():
        key = row.server, row.outcome
        found[key] = found.get(key, 0) + row.count
    return found


def test_at_the_end_of_a_turn_every_attempt_is_counted(dead_port: int, secondary: Postbox) -> None:
    use(dead_port, secondary)
    enqueue(1)
    enqueue(2)
    work()
    assert counted() == {("primary", "server"): 2, ("secondary", "accepted"): 2}


def test_what_the_database_could_not_take_is_added_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise OperationalError("begin", None, Exception("it is away"))

    monkeypatch.setattr(totals, "INTERVAL", 3600.0)
    totals.count("primary", "accepted", 40)
    with monkeypatch.context() as patched:
        patched.setattr("app.core.transaction.begin", away)
        totals.write()
    assert counted() == {}
    totals.count("primary", "accepted", 400)
    totals.write()
    assert counted() == {("primary", "accepted"): 2}
    assert sum(row.total_ms for row in totals.all_totals()) == 440


def test_while_a_turn_lasts_they_are_added_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "INTERVAL", -1.0)
    totals.count("primary", "accepted", 40)
    assert counted() == {("primary", "accepted"): 1}


def test_an_attempt_counts_in_the_first_box_that_it_does_not_exceed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(totals, "INTERVAL", 3600.0)
    for took in (0, 50, 51, 300_000, 300_001):
        totals.count("primary", "accepted", took)
    totals.write()
    boxes = {row.at_most_ms: row.count for row in totals.all_totals()}
    assert boxes == {50: 2, 100: 1, 300_000: 1, totals.BEYOND: 1}
