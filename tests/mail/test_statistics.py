"""The outbox in numbers."""

from datetime import timedelta

import pytest

from app.mail.delivery import heartbeat
from app.mail.models import OutboxState
from app.mail.outbox import claims
from app.mail.status.statistics import statistics
from tests.mail.conftest import enqueue

pytestmark = pytest.mark.usefixtures("app", "notes")


def test_an_empty_outbox_names_every_state_and_no_age() -> None:
    now = statistics()
    assert dict(now.by_state) == dict.fromkeys(OutboxState, 0)
    assert (now.waiting, now.oldest_age, now.lateness) == (0, timedelta(0), timedelta(0))


def test_what_waits_is_counted_and_the_oldest_has_an_age(time_machine) -> None:
    enqueue(1)
    time_machine.pass_(minutes=5)
    enqueue(2)
    now = statistics()
    assert (now.waiting, now.by_state["queued"]) == (2, 2)
    assert now.oldest_age == now.lateness == timedelta(minutes=5)


def test_what_a_worker_has_in_hand_waits_but_is_not_late(time_machine) -> None:
    enqueue(1)
    claims.claim("me")
    time_machine.pass_(seconds=30)
    now = statistics()
    assert (now.by_state["sending"], now.lateness) == (1, timedelta(0))
    assert now.oldest_age == timedelta(seconds=30)


def test_workers_are_counted_while_they_give_signs_of_life(time_machine) -> None:
    heartbeat.beat()
    assert statistics().workers == 1
    time_machine.pass_(minutes=2)
    assert statistics().workers == 0
