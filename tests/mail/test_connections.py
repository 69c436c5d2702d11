"""Kept sessions and the limits of a server."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.core import audit
from app.mail.models import OutboxState, Role
from app.mail.server_settings import ServerChange, SettingsChange
from app.mail.servers import connections, servers, throttle
from tests.conftest import TimeMachine
from tests.mail.conftest import attempts, enqueue, message, use, work
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes")


def limit(max_connections: int | None = None, messages_per_minute: int | None = None) -> None:
    """Set limits of the primary server."""
    settings = servers.current()
    one, two = (
        ServerChange(
            host=server.host,
            port=server.port,
            encryption=server.encryption,
            requires_auth=server.requires_auth,
            username=server.username,
            active=server.active,
        )
        for server in settings.servers
    )
    limited = replace(one, max_connections=max_connections, messages_per_minute=messages_per_minute)
    change = SettingsChange(settings.sender_address, "", True, limited, two)
    servers.save(change, audit.SYSTEM)


def test_one_session_carries_many_messages(primary: Postbox) -> None:
    use(primary)
    for about in range(12):
        enqueue(about)
    work()
    assert (len(primary.messages), primary.connections) == (12, 1)


def test_a_session_is_given_up_before_the_relay_does_it(
    primary: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_MESSAGES", 5)
    use(primary)
    for about in range(12):
        enqueue(about)
    work()
    assert (len(primary.messages), primary.connections) == (12, 3)


def test_a_server_that_announces_its_limit_is_left_before_it(primary: Postbox) -> None:
    primary.extensions = ("PIPELINING", "LIMITS RCPTMAX=1 MAILMAX=4")
    use(primary)
    for about in range(12):
        enqueue(about)
    work()
    assert (len(primary.messages), primary.connections) == (12, 3)


def test_after_a_refusal_the_session_is_reset_and_used_again() -> None:
    with Postbox(say={"RCPT": "550 5.1.1 no such user"}) as box:
        use(box)
        for about in range(3):
            enqueue(about)
        work()
        verbs = [command.split()[0] for command in box.commands]
    assert verbs.count("RSET") == 3
    assert box.connections == 1


def test_a_refused_envelope_sent_at_once_leaves_no_half_message_behind() -> None:
    with Postbox(say={"MAIL": "553 5.7.1 not owned", "DATA": "354 go on"}) as box:
        use(box)
        for about in range(3):
            enqueue(about)
        work()
        assert not box.messages
        # It had said "go on" to the body of a refused envelope: such a line is only left.
        assert box.connections == 3


def test_a_server_without_pipelining_is_asked_one_thing_at_a_time() -> None:
    with Postbox(extensions=()) as box:
        use(box)
        enqueue()
        work()
        assert len(box.messages) == 1


def test_a_changed_password_is_not_used_over_the_old_session() -> None:
    with Postbox(credentials=("me", "first")) as box:
        use(box)
        enqueue(1)
        work()
        box.credentials = ("me", "second")
        use(box)
        enqueue(2)
        work()
        assert box.commands.count("AUTH") == 2
        assert len(box.messages) == 2


def test_no_more_messages_a_minute_than_the_server_may_get(
    primary: Postbox, secondary: Postbox, time_machine: TimeMachine
) -> None:
    use(primary, secondary)
    limit(messages_per_minute=3)
    numbers = [enqueue(about) for about in range(5)]
    work()
    assert (len(primary.messages), len(secondary.messages)) == (3, 0)
    time_machine.pass_(seconds=61)
    work()
    assert len(primary.messages) == 5
    assert {message(number).rounds for number in numbers} == {0}


def test_a_busy_server_is_slowed_down(primary: Postbox, time_machine: TimeMachine) -> None:
    primary.say = {"RCPT": "451 4.7.1 rate limit"}
    use(primary)
    limit(messages_per_minute=30)
    for about in range(4):
        enqueue(about)
    work()
    assert len(attempts()) == 1
    primary.say = {}
    time_machine.pass_(minutes=2)
    work()
    assert len(primary.messages) == 4


def test_no_more_connections_at_once_than_the_server_may_have(
    primary: Postbox, time_machine: TimeMachine
) -> None:
    use(primary)
    limit(max_connections=1)
    server = servers.current().primary
    assert throttle.take_slot(server, "another worker") == 1
    number = enqueue()
    work()
    assert message(number).state == OutboxState.QUEUED
    assert primary.connections == 0
    throttle.free_slot(Role.PRIMARY, 1, "another worker")
    time_machine.pass_(seconds=3)
    work()
    assert message(number).state == OutboxState.SENT


def test_the_connection_of_a_dead_worker_is_free_after_its_lease(
    primary: Postbox, time_machine: TimeMachine
) -> None:
    use(primary)
    limit(max_connections=1)
    server = servers.current().primary
    throttle.take_slot(server, "dead")
    time_machine.pass_(seconds=throttle.LEASE / timedelta(seconds=1) + 1)
    assert throttle.take_slot(server, "alive") == 1
