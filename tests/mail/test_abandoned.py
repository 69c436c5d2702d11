"""What a dead worker leaves behind: nothing is lost, and only what may be a duplicate says so."""

import os
import subprocess
from datetime import timedelta

import pytest

from app.core import clock, transaction
from app.extensions import db
from app.mail.models import OutboxState, ServerSlot
from app.mail.outbox import abandoned, claims, endings, owners
from tests.mail.conftest import enqueue, message

pytestmark = pytest.mark.usefixtures("app", "notes")


@pytest.fixture(scope="session")
def dead_name() -> str:
    """The name that a worker of this machine had before it ended."""
    with subprocess.Popen(["sleep", "60"]) as process:
        name = owners.name_of(process.pid)
        process.kill()
    return f"{name}/1"


def test_only_the_first_message_of_dead_hands_may_be_a_duplicate(time_machine) -> None:
    numbers = [enqueue(about) for about in range(4)]
    first, *_others = claims.claim("dead")
    with transaction.writing() as connection:
        endings.close(connection, first, endings.finished(OutboxState.SENT, "accepted"))
    time_machine.pass_(minutes=2)
    again = claims.claim("alive")
    assert [one.id for one in again] == numbers[1:]
    assert [one.may_be_duplicate for one in again] == [True, False, False]


def test_each_of_several_dead_workers_leaves_one_possible_duplicate(time_machine) -> None:
    for about in range(6):
        enqueue(about)
    claims.claim("dead", size=3)
    claims.claim("dead too", size=3)
    time_machine.pass_(minutes=2)
    doubtful = [one.may_be_duplicate for one in claims.claim("alive")]
    assert doubtful == [True, False, False, True, False, False]


def test_one_message_that_kills_workers_does_not_take_others_with_it(time_machine) -> None:
    poison, *others = [enqueue(about) for about in range(5)]
    for turn in range(abandoned.MAX_CLAIMS):
        assert len(claims.claim(f"victim {turn}")) == 5
        time_machine.pass_(minutes=2)
    claims.tidy()
    assert (message(poison).state, message(poison).last_outcome) == (
        OutboxState.FAILED,
        abandoned.CRASH_LOOP,
    )
    assert [one.id for one in claims.claim("next")] == others
    assert message(others[0]).claims == 1


def test_what_a_dead_process_of_this_machine_held_is_free_at_once(dead_name: str) -> None:
    numbers = [enqueue(about) for about in range(3)]
    claims.claim(dead_name)
    assert claims.claim("next") == []
    assert claims.take_back() == 3
    assert [one.id for one in claims.claim("next")] == numbers


def test_the_connections_of_a_dead_process_are_free_as_well(dead_name: str) -> None:
    until = clock.now() + timedelta(seconds=60)
    db.session.add(ServerSlot(role="primary", number=1, owner=dead_name, until=until))
    db.session.add(ServerSlot(role="primary", number=2, owner="elsewhere", until=until))
    db.session.commit()
    claims.take_back()
    db.session.expire_all()
    still_taken = db.session.scalars(
        db.select(ServerSlot.number).where(ServerSlot.until > clock.now())
    )
    assert list(still_taken) == [2]


def test_what_a_living_worker_holds_stays_with_it() -> None:
    enqueue()
    claims.claim(f"{owners.own_name()}/1")
    assert claims.take_back() == 0


def test_a_process_number_that_is_used_again_is_not_the_worker_it_was() -> None:
    host, pid, rest = owners.own_name().split(":")
    begun, system = rest.split("@")
    assert not owners.is_surely_dead(f"{host}:{pid}:{begun}@{system}/7")
    assert owners.is_surely_dead(f"{host}:{pid}:{int(begun) - 1}@{system}/7")


@pytest.mark.parametrize(
    "name",
    ["w1", "", "host:1:2@0badf00d/1", pytest.param(f"host:{os.getpid()}:2@/1", id="number-lives")],
)
def test_nobody_judges_a_worker_of_another_machine(name: str) -> None:
    assert not owners.is_surely_dead(name)
