"""The mail commands: what an operator reads, what they change, how they end."""

import json
from datetime import timedelta

import pytest

from app.cli import mail
from app.core import clock
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState
from app.mail.outbox import outbox
from tests.postbox import Postbox, nobody
from tests.serving import use


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words, **more: runner.invoke(mail.group, words, **more)


def put(state: OutboxState = OutboxState.QUEUED, about: int = 1) -> int:
    number = outbox.enqueue("note", about=about, to="sara@example.com", locale="fa")
    message = db.session.get_one(OutboxMessage, number)
    message.state = state
    message.due_at = clock.now() + timedelta(hours=1)
    if state not in (OutboxState.QUEUED, OutboxState.UNKNOWN, OutboxState.SENDING):
        message.finished_at = clock.now() - timedelta(days=100)
    db.session.commit()
    return message.id


def message(number: int) -> OutboxMessage:
    db.session.expire_all()
    return db.session.get_one(OutboxMessage, number)


def audited() -> list[tuple[str, str]]:
    rows = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id))
    return [(row.event, row.actor) for row in rows if row.event.startswith("outbox.")]


def test_the_status_names_servers_queue_and_workers(run) -> None:
    with nobody() as port:
        use(port)
        put()
        result = run("status")
    assert result.exit_code == 1  # no worker
    assert "situation: no_worker" in result.output
    assert "waiting: 1, the oldest for 0:00:00" in result.output
    assert f"primary: 127.0.0.1:{port}, breaker closed" in result.output
    assert "secondary: not set up" in result.output


def test_the_status_for_programs_is_json(run) -> None:
    facts = json.loads(run("status", "--json").output)
    assert (facts["situation"], facts["disturbed"]) == ("not_set_up", True)
    assert facts["queue"]["queued"] == facts["waiting"] == facts["workers"] == 0
    assert facts["servers"]["primary"]["breaker"] == "closed"


def test_a_test_message_shows_its_stages_and_arrives(run) -> None:
    with Postbox() as box:
        use(box.port)
        result = run("send-test", "sara@example.com")
        assert box.only().recipient == "sara@example.com"
    assert result.exit_code == 0, result.output
    assert "greeting" in result.output
    assert "The server accepted the message." in result.output


def test_a_test_message_that_fails_says_where(run) -> None:
    with nobody() as port:
        use(port)
        result = run("send-test", "sara@example.com", "--locale", "fa")
    assert result.exit_code == 1
    assert "connect    failed" in result.output


@pytest.mark.parametrize("words", [["nonsense"], ["sara@example.com", "--server", "third"], []])
def test_a_test_message_to_nobody_is_a_wrong_use(run, words) -> None:
    assert run("send-test", *words).exit_code == 2


def test_a_test_message_needs_a_server_that_is_set_up(run) -> None:
    with nobody() as port:
        use(port)
        result = run("send-test", "sara@example.com", "--server", "secondary")
    assert result.exit_code == 1
    assert "The secondary server" in result.output


def test_failed_mail_starts_again_with_a_fresh_lifetime(run) -> None:
    failed, expired = put(OutboxState.FAILED, 1), put(OutboxState.EXPIRED, 2)
    result = run("retry", "--failed", "--yes")
    assert result.exit_code == 0, result.output
    for number in (failed, expired):
        row = message(number)
        assert (row.state, row.finished_at) == (OutboxState.QUEUED, None)
        assert row.due_at <= clock.now()
        assert row.expires_at > clock.now() + timedelta(hours=71)
    assert audited() == [("outbox.retried", "console")]


def test_waiting_mail_becomes_due_now(run) -> None:
    number = put()
    assert run("retry", str(number), "--yes").exit_code == 0
    assert message(number).due_at <= clock.now()


def test_mail_that_may_have_arrived_says_so_when_it_is_tried_again(run) -> None:
    number = put(OutboxState.FAILED)
    message(number).last_outcome = "unknown"
    db.session.commit()
    run("retry", str(number), "--yes")
    assert message(number).may_be_duplicate


def test_sent_mail_is_not_sent_again(run) -> None:
    number = put(OutboxState.SENT)
    result = run("retry", str(number), "--yes")
    assert result.exit_code == 1
    assert "1 message could not be changed" in result.output
    assert message(number).state == OutboxState.SENT
    assert audited() == []


def test_without_yes_there_is_a_question_and_no_means_no(run) -> None:
    number = put()
    assert run("cancel", str(number), input="n\n").exit_code == 1
    assert message(number).state == OutboxState.QUEUED
    assert run("cancel", str(number), input="y\n").exit_code == 0
    assert message(number).state == OutboxState.CANCELLED
    assert audited() == [("outbox.cancelled", "console")]


def test_what_a_worker_has_in_hand_cannot_be_cancelled(run) -> None:
    number = put(OutboxState.SENDING)
    assert run("cancel", str(number), "--yes").exit_code == 1
    assert message(number).state == OutboxState.SENDING


@pytest.mark.parametrize("words", [["retry"], ["cancel"], ["retry", "1", "--all"], ["retry", "x"]])
def test_an_order_about_nothing_in_particular_is_a_wrong_use(run, words) -> None:
    assert run(*words).exit_code == 2


def test_many_messages_are_changed_in_portions(run, monkeypatch) -> None:
    monkeypatch.setattr("app.cli.mail_queue.AT_ONCE", 2)
    numbers = [put(about=about) for about in range(5)]
    result = run("cancel", "--all", "--yes")
    assert "Changed: 5 messages." in result.output
    assert {message(number).state for number in numbers} == {OutboxState.CANCELLED}


def test_a_purge_deletes_what_ended_and_leaves_the_rest(run) -> None:
    put(OutboxState.SENT, 1)
    kept = {put(OutboxState.FAILED, 2), put(OutboxState.QUEUED, 3)}
    assert run("purge", input="n\n").exit_code == 1
    result = run("purge", "--older-than", "30", "--yes")
    assert "Deleted: 1 message." in result.output
    assert set(db.session.scalars(db.select(OutboxMessage.id))) == kept
    assert audited() == [("outbox.purged", "console")]
    assert "nothing to delete" in run("purge", "--yes").output


def test_every_command_says_what_it_does(run) -> None:
    for name in ("worker", "status", "send-test", "retry", "cancel", "purge"):
        result = run(name, "--help")
        assert result.exit_code == 0
        assert len(result.output) > 100
