"""What became of mail, by quarters of an hour: counted once, and lately each time."""

from datetime import UTC, datetime, timedelta

import pytest

from app.extensions import db
from app.mail.models import DeliveryAttempt, MailQuarter, OutboxMessage
from app.mail.status import traffic
from app.mail.status.traffic import Counts
from tests.mail.conftest import enqueue, use, work

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def noon(time_machine, monkeypatch):
    """A noon whose first roll-up has two days to go through, not a month of empty ones."""
    monkeypatch.setattr(traffic, "_FIRST_LOOK", 2 * DAY)
    time_machine.moment = NOON
    return time_machine


def mail(at, *, server="primary", outcome="accepted", fate="sent", state="sent"):
    number = db.session.scalar(db.select(db.func.count(OutboxMessage.id)))
    message = OutboxMessage(
        kind="note",
        about=number,
        recipient="sara@example.com",
        locale="fa",
        message_id=f"<{number}@localhost>",
        dedupe_key=f"note:{number}",
        state=state,
        created_at=at,
        due_at=at,
        expires_at=at + DAY,
        finished_at=at if state in ("sent", "failed", "expired") else None,
    )
    db.session.add(message)
    db.session.flush()
    if outcome:
        attempt = DeliveryAttempt(
            outbox_id=message.id,
            at=at,
            server=server,
            host="localhost",
            stage="message",
            outcome=outcome,
            fate=fate,
        )
        db.session.add(attempt)
    db.session.commit()


def total(since=NOON - DAY):
    (counts,) = traffic.between([since]).counts
    return counts


def one_of_each(at):
    mail(at)
    mail(at, server="secondary")
    mail(at, outcome="server", fate="")  # the other one was asked next
    mail(at, outcome="server", fate="retry", state="queued")
    mail(at, outcome="unknown", fate="unknown", state="unknown")
    mail(at, outcome="recipient", fate="failed", state="failed")
    mail(at, outcome="", state="expired")


def test_each_end_is_counted_as_what_it_is(app, noon):
    one_of_each(NOON - timedelta(hours=1))
    assert total() == Counts(by_primary=1, by_secondary=1, deferred=2, failed=2)


def test_what_a_worker_does_is_counted(notes, primary, secondary):
    use(primary, secondary)
    enqueue(1)
    work()
    primary.say = {"MAIL": "451 4.3.0 out of order"}
    enqueue(2)
    work()
    assert total() == Counts(by_primary=1, by_secondary=1)
    primary.say = secondary.say = {"RCPT": "450 4.2.0 greylisted"}
    enqueue(3)
    work()
    assert total().deferred == 1


def test_a_roll_up_changes_no_number(app, noon):
    for hours in (30, 5, 0.3, 0.01):
        one_of_each(NOON - timedelta(hours=hours))
    before = total(), total(NOON - 2 * DAY)
    assert traffic.roll_up() > 0
    assert (total(), total(NOON - 2 * DAY)) == before


def test_a_second_roll_up_counts_nothing_twice(app, noon):
    one_of_each(NOON - timedelta(hours=5))
    traffic.roll_up()
    assert traffic.roll_up() == 0
    noon.pass_(hours=1)
    one_of_each(noon.now() - timedelta(minutes=20))
    before = total()
    traffic.roll_up()
    assert total() == before
    assert before.by_primary == 2


def test_a_quarter_is_counted_only_when_no_verdict_can_come_any_more(app, noon):
    noon.pass_(minutes=2)
    mail(NOON - timedelta(minutes=1))
    traffic.roll_up()
    mail(NOON - timedelta(seconds=30))
    assert total().by_primary == 2


def test_counts_outlive_the_attempts(app, noon):
    one_of_each(NOON - timedelta(hours=5))
    traffic.roll_up()
    before = total()
    for table in (DeliveryAttempt, OutboxMessage):
        db.session.execute(db.delete(table))
    db.session.commit()
    assert total() == before


def test_mail_that_is_tried_again_by_hand_stays_given_up_in_the_past(app, noon):
    mail(NOON - timedelta(hours=5), outcome="recipient", fate="failed", state="failed")
    traffic.roll_up()
    db.session.execute(db.update(OutboxMessage).values(state="queued", finished_at=None))
    db.session.commit()
    assert total().failed == 1


def test_sums_begin_where_they_are_told_to(app, noon):
    for minutes in (50, 40, 20, 10):
        mail(NOON - timedelta(minutes=minutes))
    starts = [NOON - timedelta(minutes=minutes) for minutes in (45, 30)]
    for _ in range(2):
        sums = traffic.between(starts).counts
        assert [one.by_primary for one in sums] == [1, 2]
        traffic.roll_up()


def test_sums_begin_with_a_quarter(app, noon):
    mail(NOON - timedelta(minutes=31))
    mail(NOON - timedelta(minutes=29))
    starts = [NOON - timedelta(minutes=40), NOON - timedelta(minutes=30, seconds=1)]
    assert [one.by_primary for one in traffic.between(starts).counts] == [0, 1]
    starts = [NOON - timedelta(minutes=50), NOON - timedelta(minutes=30)]
    assert [one.by_primary for one in traffic.between(starts).counts] == [1, 1]


def test_old_counts_go(app, noon):
    db.session.add(MailQuarter(ended_at=NOON - traffic.KEPT - DAY, by_primary=1))
    db.session.add(MailQuarter(ended_at=NOON - DAY, by_primary=2))
    db.session.commit()
    traffic.forget_old()
    assert list(db.session.scalars(db.select(MailQuarter.by_primary))) == [2]


def test_old_mail_is_counted_a_day_at_a_time(app, time_machine):
    time_machine.moment = NOON
    for days in (40, 20, 3, 2):
        one_of_each(NOON - timedelta(days=days))
    before = total(NOON - timedelta(days=30))
    assert traffic.roll_up() > 27
    assert total(NOON - timedelta(days=30)) == before
    assert before.by_primary == 3


def test_a_page_counts_only_the_newest_of_very_many_and_says_so(app, noon, monkeypatch):
    monkeypatch.setattr(traffic, "LIVE", 5)
    for hours in range(8):
        mail(NOON - timedelta(hours=hours))
    assert not traffic.between([NOON - DAY]).is_whole
    assert total().by_primary == 6


def test_a_page_knows_everything_again_once_it_was_counted(app, noon, monkeypatch):
    monkeypatch.setattr(traffic, "LIVE", 5)
    for hours in range(8):
        mail(NOON - timedelta(hours=hours), outcome="", state="expired")
    assert not traffic.between([NOON - DAY]).is_whole
    traffic.roll_up()
    assert traffic.between([NOON - DAY]).is_whole
    assert total().failed == 8
