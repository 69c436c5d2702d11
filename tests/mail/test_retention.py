"""What is old goes, what somebody may still ask for stays."""

from datetime import timedelta

import pytest

from app.core import audit, clock
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.delivery import heartbeat
from app.mail.models import DeliveryAttempt, OutboxMessage, OutboxState, WorkerHeartbeat
from app.mail.outbox import retention
from tests.mail.conftest import enqueue, message

pytestmark = pytest.mark.usefixtures("app", "notes")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    monkeypatch.setattr(retention, "PAUSE", 0)


def ended(about: int, state: OutboxState, days: int) -> int:
    number = enqueue(about)
    row = message(number)
    row.state, row.finished_at = state, clock.now() - timedelta(days=days)
    attempt = DeliveryAttempt(
        outbox_id=number,
        at=row.finished_at,
        server="primary",
        host="h",
        stage="message",
        outcome="accepted",
    )
    db.session.add(attempt)
    db.session.commit()
    return number


def left() -> set[int]:
    return set(db.session.scalars(db.select(OutboxMessage.id)))


def test_sent_mail_goes_after_90_days_and_failed_mail_after_180() -> None:
    for about in range(5):
        ended(about, OutboxState.SENT, days=91)
    ended(10, OutboxState.CANCELLED, days=91)
    ended(11, OutboxState.FAILED, days=181)
    kept = {
        ended(12, OutboxState.SENT, days=89),
        ended(13, OutboxState.FAILED, days=91),
        ended(14, OutboxState.EXPIRED, days=179),
        enqueue(15),
    }
    assert retention.forget_old_mail() == 7
    assert left() == kept
    attempts = set(db.session.scalars(db.select(DeliveryAttempt.outbox_id)))
    assert attempts < kept


def test_how_long_mail_is_kept_is_a_setting(configure) -> None:
    configure(retention_days=7)
    ended(1, OutboxState.SENT, days=8)
    assert retention.forget_old_mail() == 1


def test_the_audit_stays_and_tells_how_much_went() -> None:
    audit.record("something.old", actor=audit.SYSTEM)
    ended(1, OutboxState.SENT, days=100)
    retention.forget_old_mail()
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.event for entry in entries] == ["something.old", "outbox.purged"]
    assert entries[-1].details == {"messages": 1}


def test_what_waits_is_never_purged_whatever_is_asked() -> None:
    number = enqueue()
    everything = list(OutboxState)
    assert sum(retention.purge(everything, clock.now() + timedelta(days=1))) == 0
    assert left() == {number}


def test_workers_that_ended_without_a_word_are_forgotten_after_a_day(time_machine) -> None:
    heartbeat.beat()
    assert retention.forget_old_workers() == 0
    time_machine.pass_(hours=25)
    assert retention.forget_old_workers() == 1
    assert db.session.scalars(db.select(WorkerHeartbeat)).all() == []
