"""Alerts: told once when something begins, once when it is over, whoever notices it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.alerts import alerts, records, words
from app.mail.alerts.conditions import Condition, Facts, judge
from app.mail.models import AlertNotice, MailAlert, OutboxMessage, Role, WorkerHeartbeat
from app.mail.servers import breaker
from app.mail.servers.breaker import Health, State
from app.mail.status import queries
from tests.mail.conftest import enqueue, use, work
from tests.mail.conftest import message as stored
from tests.postbox import Postbox

_C = Condition
_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_EARLIER = _NOW - timedelta(minutes=5)
_REFUSED = ("sign_in", "reply", "535 5.7.8 no")
_UNREACHABLE = ("connect", "refused", "Connection refused")


def server(role, state=State.CLOSED, said=("", "", "")):
    since = None if state is State.CLOSED else _EARLIER
    return Health(role, state, since, None, None, since, *said)


def facts(*servers, **more):
    usual = Facts(now=_NOW, is_set_up=True, is_on=True, servers=servers, worker_alive=True)
    return replace(usual, **more)


def held(given):
    return {(one.condition, one.role) for one in judge(given).standing}


_P, _S = Role.PRIMARY, Role.SECONDARY


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(server(_P), server(_S)), set()),
        (facts(is_set_up=False), {(_C.NOT_SET_UP, None)}),
        (facts(is_on=False), {(_C.SWITCHED_OFF, None)}),
        (facts(), {(_C.NO_ACTIVE_SERVER, None)}),
        (facts(server(_P), worker_alive=False), {(_C.NO_WORKER, None)}),
        (
            facts(server(_P, State.OPEN, _UNREACHABLE), server(_S)),
            {(_C.PRIMARY_DOWN, _P), (_C.SECONDARY_CARRIES, None)},
        ),
        (facts(server(_P), server(_S, State.HALF_OPEN)), {(_C.SECONDARY_DOWN, _S)}),
        (
            facts(server(_P, State.OPEN), server(_S, State.OPEN)),
            {(_C.PRIMARY_DOWN, _P), (_C.SECONDARY_DOWN, _S), (_C.BOTH_DOWN, None)},
        ),
        (facts(server(_P, State.OPEN)), {(_C.PRIMARY_DOWN, _P), (_C.BOTH_DOWN, None)}),
        (
            facts(server(_P, State.OPEN, _REFUSED), server(_S)),
            {
                (_C.PRIMARY_DOWN, _P),
                (_C.CREDENTIALS_REFUSED, _P),
                (_C.SECONDARY_CARRIES, None),
            },
        ),
        (facts(server(_P), due_since=_EARLIER), set()),
        (facts(server(_P), due_since=_NOW - timedelta(hours=1)), {(_C.OLDEST_TOO_OLD, None)}),
    ],
)
def test_what_holds_follows_from_the_facts(given, expected):
    assert held(given) == expected


def test_while_mail_is_off_nothing_is_said_of_the_servers():
    assert _C.PRIMARY_DOWN not in judge(facts(is_on=False)).decided


def open_alerts():
    db.session.rollback()
    return {alert.condition for alert in records.still_open()}


def look_as_a_page():
    alerts.notice(queries.overview(), records.still_open())


def events():
    db.session.rollback()
    entries = db.select(AuditEntry).where(AuditEntry.event.like("mail_alert.%"))
    return [
        f"{entry.event.removeprefix('mail_alert.')} {entry.target}"
        for entry in db.session.scalars(entries.order_by(AuditEntry.id))
    ]


def test_the_switch_is_told_although_the_secondary_succeeds_and_so_is_the_return(
    notes, dead_port, secondary, time_machine
):
    use(dead_port, secondary)
    numbers = [enqueue(about=about) for about in range(1, 4)]
    work()
    assert [stored(number).state for number in numbers] == ["sent"] * 3
    assert open_alerts() == {_C.PRIMARY_DOWN, _C.SECONDARY_CARRIES}
    breaker.succeed(Role.PRIMARY)
    db.session.commit()
    work()
    assert open_alerts() == set()
    assert sorted(events()) == sorted(
        [
            "opened primary_down",
            "opened secondary_carries",
            "closed primary_down",
            "closed secondary_carries",
        ]
    )


def test_while_it_lasts_nothing_is_told_again(notes, dead_port, time_machine):
    use(dead_port)
    for about in range(1, 4):
        enqueue(about=about)
    for _ in range(4):
        work()
        time_machine.pass_(minutes=10)
    # After so long the mail that waits is news of its own, once.
    assert sorted(events()) == [
        "opened both_down",
        "opened oldest_too_old",
        "opened primary_down",
    ]


def test_refused_credentials_are_an_alert_of_their_own_and_keep_the_words(notes):
    with Postbox(credentials=("peyk", "right")) as box:
        use(box)
        box.credentials = ("peyk", "changed since")
        enqueue()
        work()
    found = {alert.condition: alert for alert in records.still_open()}
    assert found[_C.CREDENTIALS_REFUSED].role is Role.PRIMARY
    assert found[_C.CREDENTIALS_REFUSED].words.startswith("535")


def test_an_end_that_is_not_known_is_not_told(notes, dead_port, time_machine):
    use(dead_port)
    for about in range(1, 4):
        enqueue(about=about)
    work()
    use(dead_port, smtp_active=False)
    work()
    assert open_alerts() == {_C.PRIMARY_DOWN, _C.BOTH_DOWN, _C.SWITCHED_OFF}


def test_mail_that_nobody_takes_up_is_told(primary, notes, time_machine):
    use(primary)
    number = enqueue()
    time_machine.pass_(minutes=16)
    alerts.review(by_worker=True)
    assert open_alerts() == {_C.OLDEST_TOO_OLD}
    db.session.execute(db.delete(OutboxMessage).where(OutboxMessage.id == number))
    db.session.commit()
    alerts.review(by_worker=True)
    assert open_alerts() == set()


def test_the_web_notices_that_no_worker_lives_and_a_worker_that_it_does(app, primary, time_machine):
    use(primary)
    look_as_a_page()
    assert open_alerts() == {_C.NO_WORKER}
    work()
    assert open_alerts() == set()


def test_the_web_writes_at_most_once_a_minute(app, primary, time_machine):
    use(primary)
    look_as_a_page()
    now = clock.now()
    db.session.add(WorkerHeartbeat(name="one", started_at=now, seen_at=now))
    db.session.commit()
    look_as_a_page()
    assert open_alerts() == {_C.NO_WORKER}
    time_machine.pass_(seconds=61)
    db.session.execute(db.update(WorkerHeartbeat).values(seen_at=clock.now()))
    db.session.commit()
    look_as_a_page()
    assert open_alerts() == set()


def test_several_who_notice_at_once_open_one_alert(app, dead_port, configure):
    configure(alert_webhook_url="http://127.0.0.1:9/", alert_webhook_secret="x" * 16)
    use(dead_port)
    _open_breaker()
    together = threading.Barrier(6)

    def look():
        with app.app_context():
            together.wait()
            alerts.review(by_worker=True)

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = list(db.session.scalars(db.select(MailAlert)))
    assert sorted(row.condition for row in rows) == ["both_down", "primary_down"]
    assert len(list(db.session.scalars(db.select(AlertNotice)))) == 2


def test_without_a_webhook_nothing_is_queued(app, dead_port):
    use(dead_port)
    _open_breaker()
    alerts.review(by_worker=True)
    assert open_alerts()
    assert not list(db.session.scalars(db.select(AlertNotice)))


def test_alerts_are_kept_for_half_a_year(app, primary, time_machine):
    alerts.review()
    use(primary)
    alerts.review(by_worker=True)
    time_machine.pass_(days=170)
    alerts.forget_old()
    assert len(list(db.session.scalars(db.select(MailAlert)))) == 2
    time_machine.pass_(days=20)
    alerts.forget_old()
    assert not list(db.session.scalars(db.select(MailAlert)))


def test_the_last_changes_come_first(app, primary, time_machine):
    alerts.review()
    time_machine.pass_(minutes=1)
    use(primary)
    alerts.review(by_worker=True)
    week = timedelta(days=7)
    found = records.transitions(records.recent(week), week, 10)
    assert [change.begins for change in found] == [False, False, True, True]


@pytest.mark.parametrize("condition", Condition)
@pytest.mark.parametrize("role", Role)
def test_every_condition_has_words_for_its_beginning_and_its_end(app, condition, role):
    assert str(words.begun(condition, role)) != str(words.over(condition, role))


def _open_breaker():
    row = breaker._row(Role.PRIMARY)
    row.open_until = clock.now() + timedelta(minutes=1)
    row.failing_since = clock.now()
    db.session.commit()
