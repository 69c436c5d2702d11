"""Failover and the table of breaks, each over a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from app.extensions import db
from app.mail.diagnosis import replies
from app.mail.diagnosis.replies import Verdict
from app.mail.models import DeliveryAttempt, Encryption, OutboxState, Role, ServerHealth, SmtpServer
from app.mail.outbox import retry
from app.mail.servers import breaker
from app.mail.smtp.session import Limits
from app.mail.smtp.trouble import Trouble
from tests.conftest import TimeMachine
from tests.mail.conftest import Notes, attempts, enqueue, message, use, work
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes")

LOGIN = {"credentials": ("support@example.com", "right")}


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a silent server cost a moment, not a minute."""
    quick = Limits(connect=1, greeting=0.4, encrypt=1, command=0.4, dot=0.4, total=3)
    monkeypatch.setattr("app.mail.servers.connections.DELIVERY", quick)


def test_with_both_servers_healthy_everything_goes_to_the_primary(
    primary: Postbox, secondary: Postbox
) -> None:
    use(primary, secondary)
    for about in range(5):
        enqueue(about)
    work()
    assert (len(primary.messages), len(secondary.messages)) == (5, 0)


def test_row_1_the_secondary_delivers_when_nobody_listens_at_the_primary(
    dead_port: int, secondary: Postbox
) -> None:
    use(dead_port, secondary)
    number = enqueue()
    work()
    assert secondary.only().recipient == "sara@example.com"
    assert message(number).state == OutboxState.SENT
    assert message(number).sent_by == Role.SECONDARY
    assert attempts() == [
        ("primary", "server", "connect"),
        ("secondary", "accepted", "message"),
    ]


def test_the_secondary_delivers_when_the_primary_refuses_the_login(secondary: Postbox) -> None:
    with Postbox(credentials=("support@example.com", "right"), say={"AUTH": "535 5.7.8 no"}) as box:
        use(box, secondary)
        enqueue()
        work()
        assert box.commands.count("AUTH") == 1
    assert len(secondary.messages) == 1
    assert breaker.health(Role.PRIMARY).state is breaker.State.OPEN


# The decision table, row by row: what breaks at the primary, its outcome there, whether the
# secondary gets the message at once, and how it stands afterwards. Rows 3, 6, 12, 15 and 19 need
# more than a script and have tests of their own below (19: in test_breaker).
BREAKS = [
    (2, {"say": {"GREETING": "421 4.3.2 too many connections"}}, "server", True, "sent"),
    (2, {"say": {"GREETING": "554 5.7.1 go away"}}, "server", True, "sent"),
    (2, {"say": {"EHLO": "550 5.7.1 bad name"}}, "server", True, "sent"),
    (1, {"hang_up_at": "GREETING"}, "server", True, "sent"),
    (1, {"hang_at": "GREETING"}, "server", True, "sent"),
    (1, {"say": {"GREETING": "* OK IMAP4rev1 ready"}}, "server", True, "sent"),
    (1, {"say": {"EHLO": "250-torn\\torn"}}, "server", True, "sent"),
    (4, {**LOGIN, "say": {"AUTH": "535 5.7.8 no"}}, "server_config", True, "sent"),
    (4, {**LOGIN, "say": {"AUTH": "534 5.7.9 app password"}}, "server_config", True, "sent"),
    (4, {**LOGIN, "mechanisms": "NTLM"}, "server_config", True, "sent"),
    (5, {**LOGIN, "say": {"AUTH": "454 4.7.0 later"}}, "server", True, "sent"),
    (7, {"say": {"MAIL": "451 4.3.0 later"}}, "server", True, "sent"),
    (2, {"say": {"MAIL": "421 4.7.0 rate"}}, "server", True, "sent"),
    (8, {"say": {"MAIL": "553 5.7.1 sender not owned"}}, "server_policy", True, "sent"),
    (9, {"say": {"MAIL": "552 5.3.4 too big"}}, "message", True, "sent"),
    (9, {"extensions": ("SIZE 10",)}, "message", True, "sent"),
    (10, {"say": {"RCPT": "550 5.1.1 no such user"}}, "recipient", False, "failed"),
    (10, {"say": {"RCPT": "551 not here"}}, "recipient", False, "failed"),
    (10, {"say": {"RCPT": "552 5.2.2 mailbox full"}}, "recipient", False, "failed"),
    (11, {"say": {"RCPT": "554 5.7.1 relay access denied"}}, "server_policy", True, "sent"),
    (11, {"say": {"RCPT": "550 relay not permitted"}}, "server_policy", True, "sent"),
    (11, {"say": {"RCPT": "530 5.7.0 authentication required"}}, "server_policy", True, "sent"),
    (12, {"say": {"RCPT": "450 4.7.1 greylisted"}}, "recipient_temporary", False, "queued"),
    (12, {"say": {"RCPT": "452 4.2.2 mailbox full"}}, "recipient_temporary", False, "queued"),
    (13, {"say": {"RCPT": "452 4.3.1 no storage"}}, "server_busy", True, "sent"),
    (13, {"say": {"RCPT": "451 too many messages"}}, "server_busy", True, "sent"),
    (16, {"say": {"DATA": "451 4.3.0 later"}}, "server_busy", True, "sent"),
    (14, {"say": {"DATA": "550 5.1.1 no valid recipients"}}, "recipient", False, "failed"),
    (14, {"say": {"DATA": "554 5.7.1 policy"}}, "server_policy", True, "sent"),
    (16, {"say": {"DOT": "451 4.3.0 try again"}}, "server_busy", True, "sent"),
    (17, {"say": {"DOT": "554 5.6.0 bad content"}}, "message", False, "failed"),
    (11, {"say": {"DOT": "554 5.7.1 spam"}}, "server_policy", True, "sent"),
    (18, {"hang_up_at": "DOT"}, "unknown", False, "unknown"),
    (18, {"hang_at": "DOT"}, "unknown", False, "unknown"),
    (18, {"say": {"DOT": "250 2.0\\torn"}}, "unknown", False, "unknown"),
    (18, {"say": {"DOT": "354 what"}}, "unknown", False, "unknown"),
    (0, {"hang_up_at": "QUIT"}, "accepted", False, "sent"),
    (0, {"say": {"GREETING": "220 سلام caf\u00e9"}}, "accepted", False, "sent"),
]

# What each row costs: whether it uses up a try of the message, and how much the breaker counts.
OPENS = 3.0
COSTS = {
    **dict.fromkeys((1, 2, 5), (False, 1.0)),
    **dict.fromkeys((3, 4), (False, OPENS)),
    **dict.fromkeys((7, 8, 15, 18), (True, 1.0)),
    **dict.fromkeys((9, 10, 11, 12, 17), (True, 0.0)),
    **dict.fromkeys((13, 16), (True, 0.5)),
}


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    """The verdicts as they are passed."""
    passed: list[Verdict] = []
    judge = replies.judge

    def judged(trouble: Trouble) -> Verdict:
        passed.append(judge(trouble))
        return passed[-1]

    monkeypatch.setattr(replies, "judge", judged)
    return passed


@pytest.fixture
def extensions(database: str) -> tuple[str, ...]:
    """Pipelined with one store, one by one with the other: neither knows of the other."""
    return ("PIPELINING",) if database.startswith("sqlite") else ()


@pytest.mark.usefixtures("short_patience")
@pytest.mark.parametrize(("row", "script", "outcome", "fails_over", "state"), BREAKS, ids=str)
def test_a_break_has_its_consequence(
    row: int,
    script: dict[str, object],
    outcome: str,
    fails_over: bool,
    state: str,
    extensions: tuple[str, ...],
    secondary: Postbox,
    verdicts: list[Verdict],
) -> None:
    with Postbox(**{"extensions": extensions, **script}) as box:  # type: ignore[arg-type]
        use(box, secondary)
        number = enqueue()
        work()
    assert attempts()[0][:2] == ("primary", outcome)
    assert len(secondary.messages) == int(fails_over)
    assert message(number).state == state
    if row:
        verdict = verdicts[0]
        # A refusal of DATA (14) is judged as one of the recipient (10) or of the policy (11).
        assert verdict.row == row or (row == 14 and verdict.row in (10, 11))
        assert (verdict.charged, _counted(Role.PRIMARY)) == COSTS[verdict.row]


def _counted(role: Role) -> float:
    """Return how much the breaker of a server has counted; when it is open, `OPENS`."""
    row = db.session.get(ServerHealth, role)
    if row is None:
        return 0.0
    return OPENS if row.open_until else row.failures


def test_every_row_of_the_decision_table_is_in_the_code() -> None:
    # A kept session that died never becomes a verdict, a refused DATA is one of 10 and 11, and
    # while both breakers are open nobody is asked.
    elsewhere = {6, 14, 19}
    rows = {rule.verdict.row for rule in replies.RULES}
    assert rows == set(range(1, 20)) - elsewhere
    assert rows == set(COSTS)


def test_row_3_without_starttls_nothing_is_sent_in_clear(secondary: Postbox) -> None:
    with Postbox() as box:
        use(box, secondary)
        change_encryption(Encryption.STARTTLS)
        enqueue()
        work()
        assert not box.messages
        assert [command.split()[0] for command in box.commands] == ["EHLO", "QUIT"]
    assert attempts()[0] == ("primary", "server_config", "encrypt")
    assert len(secondary.messages) == 1
    assert breaker.health(Role.PRIMARY).state is breaker.State.OPEN


def test_row_6_a_kept_session_that_died_costs_no_attempt(primary: Postbox) -> None:
    use(primary)
    numbers = [enqueue(about) for about in range(3)]
    primary.hang_up_after = 1
    work()
    assert [server for server, *_rest in attempts()] == ["primary"] * 3
    assert {message(number).state for number in numbers} == {OutboxState.SENT}
    assert primary.connections == 3


def test_row_9_a_message_too_large_for_both_fails() -> None:
    with Postbox(extensions=("SIZE 10",)) as one, Postbox(extensions=("SIZE 20",)) as two:
        use(one, two)
        number = enqueue()
        work()
        assert not one.messages
        assert not two.messages
    assert message(number).state == OutboxState.FAILED


def test_row_12_greylisting_is_answered_by_the_same_server(
    secondary: Postbox, time_machine: TimeMachine
) -> None:
    with Postbox(say={"RCPT": "450 4.7.1 greylisted"}) as box:
        use(box, secondary)
        number = enqueue()
        work()
        box.say = {}
        time_machine.pass_(minutes=1)
        work()
        assert len(box.messages) == 1
    assert message(number).state == OutboxState.SENT
    assert not secondary.messages


def test_row_12_later_the_servers_take_turns(secondary: Postbox, time_machine: TimeMachine) -> None:
    with Postbox(say={"RCPT": "450 4.2.0 not from you"}) as box:
        use(box, secondary)
        number = enqueue()
        for _ in range(3):
            work()
            time_machine.pass_(minutes=3)
    assert [server for server, *_rest in attempts()] == ["primary", "primary", "secondary"]
    assert message(number).sent_by == Role.SECONDARY


def test_row_15_a_connection_lost_inside_the_body_is_no_mail_and_goes_to_the_secondary(
    secondary: Postbox, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So large that it cannot rest in the buffers of the kernel when the server hangs up.
    notes.name = "Sara" * 1_000_000
    patient = Limits(connect=1, greeting=5, command=5, dot=5, total=20)
    monkeypatch.setattr("app.mail.servers.connections.DELIVERY", patient)
    with Postbox(hang_up_at="BODY") as box:
        use(box, secondary)
        enqueue()
        work()
    assert attempts() == [("primary", "server", "message"), ("secondary", "accepted", "message")]


def test_a_server_that_drips_does_not_hold_a_worker(
    secondary: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Limits(connect=1, greeting=9, command=9, dot=9, total=1)
    monkeypatch.setattr("app.mail.servers.connections.DELIVERY", quick)
    with Postbox(drip=0.2) as box:
        use(box, secondary)
        enqueue()
        work()
    assert len(secondary.messages) == 1


def test_a_message_that_both_refuse_by_policy_fails(app: Flask) -> None:
    with refusing("MAIL", "553 5.7.1 not owned") as one, refusing("MAIL", "553 5.7.1 no") as two:
        use(one, two)
        number = enqueue()
        work()
    assert message(number).state == OutboxState.FAILED
    assert [name for name, *_ in attempts()] == ["primary", "secondary"]


def test_a_message_that_neither_takes_now_is_kept_and_sent_later(
    dead_port: int, time_machine: TimeMachine
) -> None:
    use(dead_port, None)
    number = enqueue()
    work()
    assert message(number).state == OutboxState.QUEUED
    with Postbox() as box:
        use(box)
        time_machine.pass_(minutes=3)
        work()
        assert len(box.messages) == 1
    assert message(number).state == OutboxState.SENT


def test_a_message_of_unknown_fate_goes_once_more_to_the_same_server(
    secondary: Postbox, time_machine: TimeMachine
) -> None:
    with Postbox(hang_up_at="DOT") as box:
        use(box, secondary)
        number = enqueue()
        work()
        time_machine.pass_(minutes=14)
        work()
        assert len(attempts()) == 1
        box.hang_up_at = ""
        time_machine.pass_(minutes=2)
        work()
        assert message(number).state == OutboxState.SENT
        assert len({one.mail["Message-ID"] for one in box.messages}) == 1
    assert not secondary.messages
    rows = db.session.scalars(db.select(DeliveryAttempt).order_by(DeliveryAttempt.id)).all()
    assert [row.may_be_duplicate for row in rows] == [False, True]


def test_every_try_of_a_message_carries_the_same_message_id(
    primary: Postbox, time_machine: TimeMachine
) -> None:
    with Postbox(say={"DOT": "451 4.3.0 later"}) as box:
        use(box)
        number = enqueue()
        work()
    use(primary)
    time_machine.pass_(minutes=5)
    work()
    assert primary.only().mail["Message-ID"] == message(number).message_id


def test_the_master_switch_holds_mail_until_it_is_on_again(primary: Postbox) -> None:
    use(primary, smtp_active=False)
    number = enqueue()
    work()
    assert message(number).state == OutboxState.QUEUED
    assert primary.connections == 0
    use(primary)
    work()
    assert message(number).state == OutboxState.SENT


def test_while_mail_is_off_nothing_grows_old(primary: Postbox, time_machine: TimeMachine) -> None:
    use(primary, smtp_active=False)
    number = enqueue()
    time_machine.pass_(days=30)
    work()
    assert message(number).state == OutboxState.QUEUED
    use(primary)
    work()
    assert message(number).state == OutboxState.SENT


def test_mail_that_waits_for_a_server_to_be_switched_on_gets_its_full_time(
    primary: Postbox, time_machine: TimeMachine
) -> None:
    use(None)
    number = enqueue()
    time_machine.pass_(days=30)
    work()
    use(primary)
    work()
    assert message(number).state == OutboxState.SENT


def test_a_mail_that_has_lost_its_point_is_cancelled(primary: Postbox, notes: Notes) -> None:
    use(primary)
    notes.pointless.add(1)
    number = enqueue(1)
    work()
    assert message(number).state == OutboxState.CANCELLED
    assert primary.connections == 0


def test_the_acceptance_is_told_to_the_kind(primary: Postbox, notes: Notes) -> None:
    use(primary)
    enqueue(7)
    work()
    assert [about for about, _at in notes.accepted] == [7]


def test_a_fault_of_our_own_keeps_the_message(
    primary: Postbox, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(primary)
    monkeypatch.setattr("app.mail.kinds.compose", lambda *_: 1 / 0)
    number = enqueue()
    work()
    assert message(number).state == OutboxState.QUEUED
    assert message(number).last_outcome == "fault"


def test_the_delays_grow_and_stay_around_two_hours(time_machine: TimeMachine) -> None:
    moment = time_machine.now()
    waits = [retry.next_attempt_at(n, moment, 0.5) - moment for n in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[0].total_seconds() == 30
    assert waits[-1].total_seconds() == 7200


@contextmanager
def refusing(moment: str, answer: str) -> Iterator[Postbox]:
    """Yield a server that refuses at one moment."""
    with Postbox(say={moment: answer}) as box:
        yield box


def change_encryption(encryption: Encryption) -> None:
    """Let the primary be used with that encryption, as if somebody had chosen it."""
    db.session.get_one(SmtpServer, Role.PRIMARY).encryption = encryption
    db.session.commit()
