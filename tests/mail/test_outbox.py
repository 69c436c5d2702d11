"""Claims, leases and fences: two workers never send one message."""

import threading
from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock, transaction
from app.extensions import db
from app.mail.delivery import worker
from app.mail.models import OutboxState
from app.mail.outbox import abandoned, claims, endings, outbox
from tests.mail.conftest import enqueue, message, use
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes")


def test_the_same_mail_on_the_same_occasion_is_one_mail() -> None:
    assert enqueue(1, occasion="first") == enqueue(1, occasion="first")
    assert enqueue(1, occasion="second") != enqueue(1, occasion="first")


def test_a_rolled_back_change_leaves_no_mail_behind(app: Flask) -> None:
    outbox.enqueue("note", about=1, to="sara@example.com", locale="fa")
    db.session.rollback()
    assert outbox.next_due() is None


def test_two_workers_share_the_messages_without_overlap(app: Flask) -> None:
    for about in range(40):
        enqueue(about)
    taken: list[list[int]] = []

    def take(owner: str) -> None:
        with app.app_context():
            mine: list[int] = []
            while batch := claims.claim(owner, size=3):
                mine += [one.id for one in batch]
            taken.append(mine)

    threads = [threading.Thread(target=take, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [number for mine in taken for number in mine]
    assert len(everything) == len(set(everything)) == 40


def test_a_claim_takes_no_more_than_it_was_asked_for() -> None:
    for about in range(10):
        enqueue(about)
    assert len(claims.claim("one", size=4)) == 4


def test_a_verdict_without_the_lease_is_refused(time_machine) -> None:
    number = enqueue()
    (first,) = claims.claim("slow")
    time_machine.pass_(minutes=2)
    (second,) = claims.claim("quick")
    with transaction.writing() as connection:
        assert not endings.close(connection, first, endings.finished(OutboxState.FAILED, "late"))
        assert endings.close(connection, second, endings.finished(OutboxState.SENT, "accepted"))
    assert message(number).state == OutboxState.SENT


def test_a_message_from_dead_hands_is_marked_as_a_possible_duplicate(time_machine) -> None:
    enqueue()
    claims.claim("dead")
    time_machine.pass_(minutes=2)
    (again,) = claims.claim("alive")
    assert again.may_be_duplicate


def test_a_renewed_lease_keeps_the_message(time_machine) -> None:
    enqueue()
    (mine,) = claims.claim("me")
    for _ in range(4):
        time_machine.pass_(seconds=45)
        claims.renew("me")
    assert claims.claim("other") == []
    assert claims.still_owns(mine)


def test_what_is_given_back_was_never_counted() -> None:
    number = enqueue()
    claims.claim("me")
    assert claims.give_back("me") == 1
    assert (message(number).state, message(number).claims) == (OutboxState.QUEUED, 0)


def test_a_message_that_kills_every_worker_is_stopped(time_machine) -> None:
    number = enqueue()
    for turn in range(abandoned.MAX_CLAIMS):
        assert claims.claim(f"victim {turn}")
        time_machine.pass_(minutes=2)
    claims.tidy()
    assert message(number).state == OutboxState.FAILED
    assert claims.claim("next") == []


def test_what_nobody_could_send_in_its_time_expires(time_machine) -> None:
    number = enqueue()
    time_machine.pass_(hours=73)
    claims.tidy()
    assert message(number).state == OutboxState.EXPIRED


def test_held_mail_gets_its_full_time_when_the_switch_goes_on(time_machine) -> None:
    with Postbox() as box:
        use(box, smtp_active=False)
        number = enqueue()
        time_machine.pass_(hours=71)
        use(box)
        assert message(number).expires_at >= clock.now() + timedelta(hours=71)


def test_a_worker_told_to_stop_gives_the_rest_back(primary: Postbox) -> None:
    use(primary)
    numbers = [enqueue(about) for about in range(5)]
    stopping = threading.Event()
    stopping.set()
    worker.drain(stopping)
    assert not primary.messages
    assert {message(number).state for number in numbers} == {OutboxState.QUEUED}
