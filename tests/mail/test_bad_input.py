"""Rows that cannot be sent, servers that talk nonsense: a verdict each, and nothing else waits."""

from pkgutil import resolve_name

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from app.extensions import db
from app.mail import kinds
from app.mail.delivery import records
from app.mail.delivery.records import VerdictLost
from app.mail.models import OutboxMessage, OutboxState
from app.mail.outbox import outbox
from app.mail.outbox.endings import NO_MAILBOX
from app.mail.smtp.session import Limits
from tests.conftest import TimeMachine
from tests.mail.conftest import Notes, attempts, enqueue, message, use, work
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes")

MEGABYTES = "x" * 3_000_000
WITHOUT_END = "250-and another line\r\n" * 20_000
GARBAGE = "\x00\x01\xff\xfe%n%s\x1b[31m"


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a silent server cost a moment, not a minute."""
    quick = Limits(connect=1, greeting=0.4, encrypt=1, command=0.4, dot=0.4, total=2)
    monkeypatch.setattr("app.mail.servers.connections.DELIVERY", quick)


@pytest.mark.usefixtures("short_patience")
@pytest.mark.parametrize("said", [MEGABYTES, WITHOUT_END, GARBAGE, ""], ids=lambda said: said[:5])
@pytest.mark.parametrize("moment", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
def test_a_server_that_talks_nonsense_or_nothing_costs_one_verdict(
    moment: str, said: str, secondary: Postbox
) -> None:
    script = {"say": {moment: said}} if said else {"hang_at": moment}
    with Postbox(**script) as box:
        use(box, secondary)
        numbers = [enqueue(1), enqueue(2)]
        work()
    after_dot = moment == "DOT"
    assert attempts()[0][:2] == ("primary", "unknown" if after_dot else "server")
    states = {message(number).state for number in numbers}
    assert states == {OutboxState.UNKNOWN if after_dot else OutboxState.SENT}
    assert len(secondary.messages) == (0 if after_dot else 2)


def test_a_row_that_cannot_be_composed_is_put_aside_and_the_next_one_goes(
    primary: Postbox, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = kinds.compose

    def compose(name: str, request: kinds.MailRequest) -> kinds.Written | None:
        if request.about == 1:
            raise ZeroDivisionError
        return write(name, request)

    monkeypatch.setattr(kinds, "compose", compose)
    use(primary)
    broken, good = enqueue(1), enqueue(2)
    work()
    assert (message(broken).state, message(broken).last_outcome) == (OutboxState.QUEUED, "fault")
    assert message(broken).rounds == 1
    assert message(good).state == OutboxState.SENT


def test_a_kind_of_mail_of_another_version_waits_and_the_next_one_goes(primary: Postbox) -> None:
    use(primary)
    outbox.enqueue("of tomorrow", about=1, to="sara@example.com", locale="fa")
    good = enqueue(2)
    work()
    assert message(good).state == OutboxState.SENT
    assert message(good - 1).state == OutboxState.QUEUED


@pytest.mark.parametrize("to", ["سارا@example.com", "sara", "a@b.com\r\nBcc: c@d.com", "a@b, c@d"])
def test_what_is_no_mailbox_fails_at_once_and_no_server_hears_of_it(
    to: str, primary: Postbox
) -> None:
    use(primary)
    bad, good = enqueue(1), enqueue(2)
    db.session.execute(update(OutboxMessage).where(OutboxMessage.id == bad).values(recipient=to))
    db.session.commit()
    work()
    assert (message(bad).state, message(bad).last_outcome) == (OutboxState.FAILED, NO_MAILBOX)
    assert message(good).state == OutboxState.SENT
    assert len(primary.messages) == 1


def test_a_sender_that_is_no_mailbox_costs_no_message(primary: Postbox) -> None:
    use(primary, sender_address="not an address")
    number = enqueue()
    work()
    assert message(number).state == OutboxState.QUEUED


def test_a_message_that_a_server_took_is_sent_although_its_kind_breaks_over_it(
    primary: Postbox, notes: Notes, monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachine
) -> None:
    use(primary)
    number = enqueue()
    monkeypatch.setattr(notes, "accepted", None)  # so that remembering the acceptance breaks
    work()
    time_machine.pass_(hours=3)
    work()
    assert message(number).state == OutboxState.SENT
    assert len(primary.messages) == 1


@pytest.mark.parametrize("failure", [OperationalError, ProgrammingError])
def test_a_verdict_that_the_database_never_heard_is_flagged_when_the_message_goes_again(
    failure: type[DBAPIError],
    primary: Postbox,
    monkeypatch: pytest.MonkeyPatch,
    time_machine: TimeMachine,
) -> None:
    use(primary)
    numbers = [enqueue(1), enqueue(2)]

    def away(*_words: object, **_more: object) -> bool:
        raise failure("update", {}, Exception("away"))

    with monkeypatch.context() as broken:
        broken.setattr(records, "_PERSISTENCE", (0.0, 0.0))
        broken.setattr(records, "_record", away)
        with pytest.raises(VerdictLost):
            work()
    assert [message(number).state for number in numbers] == [OutboxState.SENDING] * 2
    time_machine.pass_(minutes=2)
    work()
    assert [message(number).may_be_duplicate for number in numbers] == [True, False]
    assert len(primary.messages) == 3


@pytest.mark.parametrize(
    "moment", ["app.mail.kinds.compose", "app.mail.servers.connections.hand_over"]
)
def test_a_connection_to_the_database_that_died_delays_no_mail_and_doubles_none(
    moment: str, primary: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("there is nobody between us and a file")
    use(primary)
    numbers = [enqueue(1), enqueue(2)]
    deed = resolve_name(moment)
    died: list[object] = []

    def deed_after_which_it_is_dead(*words: object) -> object:
        done = deed(*words)
        if not died:
            died.append(done)
            kept = db.session.bind
            assert isinstance(kept, Connection)
            driver = kept.connection.driver_connection
            assert driver is not None
            driver.close()
        return done

    monkeypatch.setattr(moment, deed_after_which_it_is_dead)
    work()
    assert died
    assert [message(number).state for number in numbers] == [OutboxState.SENT] * 2
    assert attempts() == [("primary", "accepted", "message")] * 2
    assert len(primary.messages) == 2
