"""What a turn of a worker costs, and how it waits a moment for more mail."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from app.extensions import db
from app.mail.delivery import lookout, worker
from app.mail.status import totals
from tests.mail.conftest import enqueue, use, work
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes")


@pytest.fixture
def asked(app) -> Iterator[list[str]]:
    """What the database was asked, in order."""
    statements: list[str] = []

    def note(*said: object) -> None:
        statements.append(str(said[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_turn_for_one_mail_asks_fifteen_times(
    primary: Postbox, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "BOUNDS_MS", ())  # however long it takes, one counter counts
    use(primary)
    enqueue(1)
    work()
    enqueue(2)
    asked.clear()
    work()
    assert len(primary.messages) == 2
    assert len(asked) <= 15, "\n".join(asked)


def test_a_turn_for_nothing_asks_eight_times(primary: Postbox, asked: list[str]) -> None:
    use(primary)
    work()  # the settings of the system are read once a second
    asked.clear()
    work()
    assert len(asked) <= 8, "\n".join(asked)


def test_mail_that_comes_while_a_worker_waits_goes_over_the_same_connection(
    primary: Postbox,
) -> None:
    use(primary)
    enqueue(1)

    def another_comes(_stopping: threading.Event) -> bool:
        if len(primary.messages) < 3:
            enqueue(1 + len(primary.messages))
            return True
        return False

    worker.drain(threading.Event(), another_comes)
    assert len(primary.messages) == 3
    assert primary.connections == 1


def test_whoever_found_nothing_does_not_wait_for_more(primary: Postbox) -> None:
    use(primary)

    def never_asked(_stopping: threading.Event) -> bool:
        raise AssertionError("nothing was delivered, so nobody comes in a row")

    worker.drain(threading.Event(), never_asked)


def test_a_worker_looks_out_until_mail_is_due_or_it_is_told_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopping = threading.Event()
    monkeypatch.setattr(lookout, "PATIENCE", 0.05)
    assert not lookout.more_comes(stopping)
    stopping.set()
    monkeypatch.setattr(lookout, "PATIENCE", 60.0)
    assert not lookout.more_comes(stopping)
    enqueue(1)
    assert lookout.more_comes(threading.Event())


def test_one_thread_looks_out_and_meanwhile_no_other_takes_a_turn(primary: Postbox) -> None:
    use(primary)
    with lookout._post:
        assert not lookout.more_comes(threading.Event())
        enqueue(1)
        assert worker.take_turn(threading.Event()) is None
    assert not primary.messages
    worker.drain(threading.Event())
    assert len(primary.messages) == 1
