"""The breaker: who is left alone, for how long, and how it comes back."""

import threading

import pytest

from app.core import clock
from app.extensions import db
from app.mail.delivery import heartbeat, probing
from app.mail.diagnosis import replies
from app.mail.models import Role, ServerHealth
from app.mail.servers import breaker, stored
from app.mail.smtp.trouble import Cause, Stage, Trouble
from app.mail.smtp.wire import Reply
from app.mail.status import queries
from app.mail.status.queries import Situation
from tests.conftest import TimeMachine
from tests.mail.conftest import attempts, enqueue, use, work
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes", "time_machine")

REFUSED = Trouble(Stage.CONNECT, Cause.REFUSED)
WRONG_PASSWORD = Trouble(Stage.SIGN_IN, Cause.REPLY, Reply(535, "5.7.8 no"))


def fail(trouble: Trouble = REFUSED) -> None:
    breaker.fail(Role.PRIMARY, replies.judge(trouble), trouble)
    db.session.commit()


def state() -> breaker.State:
    return breaker.health(Role.PRIMARY).state


def test_it_opens_after_three_failures_in_a_row() -> None:
    fail()
    fail()
    assert state() is breaker.State.CLOSED
    fail()
    assert state() is breaker.State.OPEN


def test_a_success_between_starts_the_count_again() -> None:
    fail()
    fail()
    breaker.succeed(Role.PRIMARY)
    fail()
    assert state() is breaker.State.CLOSED


def test_a_refused_login_opens_it_at_once_and_for_long() -> None:
    fail(WRONG_PASSWORD)
    until = breaker.health(Role.PRIMARY).open_until
    assert until is not None
    assert until - clock.now() >= breaker.CONFIGURATION_PAUSE


def test_the_pauses_grow_up_to_ten_minutes(time_machine) -> None:
    pauses = []
    for _ in range(3):
        fail()
    for _ in range(8):
        until = breaker.health(Role.PRIMARY).open_until
        assert until is not None
        pauses.append((until - clock.now()).total_seconds())
        time_machine.moment = until
        fail()
    assert 20 < pauses[0] < 40
    assert max(pauses) <= 600 * (1 + breaker.JITTER)
    assert pauses[-1] > 400


def test_one_worker_gets_the_probe(time_machine) -> None:
    for _ in range(3):
        fail()
    assert breaker.take_probe([Role.PRIMARY]) is None
    time_machine.pass_(minutes=2)
    assert breaker.take_probe([Role.PRIMARY]) is Role.PRIMARY
    assert breaker.take_probe([Role.PRIMARY]) is None
    time_machine.pass_(minutes=2)
    assert breaker.take_probe([Role.PRIMARY]) is Role.PRIMARY


def test_nobody_waits_for_a_dead_server_while_its_breaker_is_open(
    dead_port: int, secondary: Postbox
) -> None:
    use(dead_port, secondary)
    for about in range(6):
        enqueue(about)
    work()
    tried = [server for server, *_rest in attempts()]
    assert tried.count("primary") == 3
    assert len(secondary.messages) == 6
    assert breaker.usable(list(Role)) == [Role.SECONDARY]


def test_the_primary_takes_over_as_soon_as_a_probe_succeeds(
    secondary: Postbox, time_machine
) -> None:
    with Postbox(say={"GREETING": "421 4.3.2 busy"}) as box:
        use(box, secondary)
        for about in range(3):
            enqueue(about)
        work()
        assert state() is breaker.State.OPEN
        box.say = {}
        enqueue(9)
        time_machine.pass_(minutes=1)
        work()
        assert len(box.messages) == 1
        assert box.only().recipient == "sara@example.com"
    assert len(secondary.messages) == 3


def test_row_19_while_both_rest_no_try_is_charged_and_the_next_look_is_the_earliest_probe(
    dead_port: int,
) -> None:
    use(dead_port)
    number = enqueue()
    for _ in range(3):
        fail()
    due = work()
    assert attempts() == []
    assert due == breaker.health(Role.PRIMARY).open_until
    assert number


def test_no_mail_waits_for_a_probe_of_a_silent_server(
    secondary: Postbox, time_machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "PATIENCE", 0.05)
    with Postbox(hang_at="GREETING") as box:
        use(box, secondary)
        for _ in range(3):
            fail()
        time_machine.pass_(minutes=1)
        enqueue()
        work()
        assert (box.connections, len(secondary.messages)) == (1, 1)
        assert state() is breaker.State.HALF_OPEN
    for thread in threading.enumerate():
        if thread.name == "probe primary":
            thread.join(10)
    db.session.rollback()
    assert state() is breaker.State.OPEN


def test_a_refused_recipient_never_counts_against_a_server() -> None:
    with Postbox(say={"RCPT": "550 5.1.1 no such user"}) as box:
        use(box)
        for about in range(5):
            enqueue(about)
        work()
    assert state() is breaker.State.CLOSED


def test_saving_the_settings_closes_the_breaker_of_a_changed_server(
    dead_port: int, primary: Postbox
) -> None:
    use(dead_port)
    for _ in range(3):
        fail()
    use(primary)
    assert state() is breaker.State.CLOSED


def test_the_overview_says_who_carries_the_load(dead_port: int, secondary: Postbox) -> None:
    use(dead_port, secondary)
    heartbeat.beat()
    for _ in range(3):
        fail()
    now = queries.overview()
    assert now.situation is Situation.SECONDARY_CARRIES
    assert not now.is_disturbed
    assert now.last_cause == "tcp.refused"


def test_without_a_sign_of_life_the_overview_says_that_no_worker_is_there(
    primary: Postbox, time_machine
) -> None:
    use(primary)
    heartbeat.beat()
    assert queries.overview().situation is Situation.NOT_TESTED
    time_machine.pass_(minutes=2)
    assert queries.overview().situation is Situation.NO_WORKER


def test_of_two_that_rest_the_one_that_may_be_probed_first_is_waited_for(
    time_machine: TimeMachine,
) -> None:
    roles = (Role.PRIMARY, Role.SECONDARY)
    for role in roles:
        breaker.fail(role, replies.judge(WRONG_PASSWORD), WRONG_PASSWORD)
        db.session.commit()
        time_machine.pass_(hours=1)
    first, later = (db.session.get_one(ServerHealth, role).open_until for role in roles)
    assert first != later
    assert breaker.standing(roles, stored.read().health).first_probe == first
