"""Registering while mail is down, over real sockets: nothing is lost, nobody is in, it mends."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from app.accounts import activation, authentication, registration, waiting
from app.accounts.authentication import Credentials, StillWaiting
from app.accounts.models import UserSession
from app.accounts.waiting import State
from app.core import audit
from app.extensions import db
from app.mail.models import OutboxState
from app.mail.outbox import claims
from app.mail.server_settings import ServerChange, SettingsChange
from app.mail.servers import servers
from app.mail.smtp.session import Limits
from tests import people
from tests.mail.conftest import work
from tests.people import PASSWORD, VISITOR
from tests.postbox import Postbox, nobody
from tests.serving import use

LOGIN = {"credentials": ("support@example.com", "right")}
BREAKS: dict[str, dict[str, Any] | None] = {
    "nobody listens": {},
    "no such name": {},
    "silence": {"hang_at": "GREETING"},
    "tarpit": {"drip": 0.1},
    "credentials": {**LOGIN, "say": {"AUTH": "535 5.7.8 no"}},
    "certificate": {**LOGIN},
    "later": {"say": {"MAIL": "451 4.3.0 later"}},
    "never": {"say": {"GREETING": "554 5.7.1 go away"}},
    "greylisting": {"say": {"RCPT": "450 4.7.1 greylisted"}},
    "gone after DATA": {"hang_up_at": "DOT"},
    "not set up": None,
    "switched off": None,
}


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    """Let a silent server cost a moment, not a minute."""
    quick = Limits(connect=1, greeting=0.3, encrypt=1, command=0.3, dot=0.3, total=1)
    monkeypatch.setattr("app.mail.servers.connections.DELIVERY", quick)


@pytest.fixture
def broken(request, app, authority) -> Iterator[str]:
    """Mail that does not leave, and why."""
    with ExitStack() as stack:
        if request.param == "nobody listens":
            use(stack.enter_context(nobody()))
        elif request.param == "no such name":
            server = ServerChange("mail.invalid", 2525, requires_auth=False, active=True)
            change = SettingsChange("support@example.com", "", True, server, ServerChange())
            servers.save(change, audit.SYSTEM)
        elif request.param == "switched off":
            use(stack.enter_context(Postbox()), smtp_active=False)
        elif (script := BREAKS[request.param]) is not None:
            if request.param == "certificate":
                script = {**script, "tls": authority.context("localhost")}
            use(stack.enter_context(Postbox(**script)))
        yield request.param


def everywhere(name="broken"):
    return pytest.mark.parametrize(name, BREAKS, indirect=True)


def state():
    db.session.expire_all()
    return people.mails()[-1].state


@everywhere()
def test_r20_r21_nobody_is_in_nothing_is_lost_and_nothing_is_called_sent(broken, time_machine):
    asked = people.register()
    work()
    assert people.everybody() == []
    assert [attempt.id for attempt in people.attempts()] == [asked.pending_id]
    assert state() in (OutboxState.QUEUED, OutboxState.UNKNOWN)
    with pytest.raises(StillWaiting) as refusal:
        authentication.sign_in(Credentials("sara@example.com", PASSWORD), VISITOR)
    assert db.session.scalars(db.select(UserSession)).all() == []
    time_machine.pass_(minutes=3)
    assert waiting.look(refusal.value.handle).state in (State.SLOW, State.DELAYED)


@everywhere()
def test_r22_when_mail_is_mended_it_leaves_once_by_itself_and_activates(broken, time_machine):
    people.register()
    work()
    with Postbox() as mended:
        use(mended)
        for _minutes in range(4):
            time_machine.pass_(minutes=10)
            work()
        mail = mended.only()
    assert mail.recipient == "sara@example.com"
    token = mail.path().removeprefix("/activate/").partition("?")[0]
    assert activation.activate(token, VISITOR).user.email == "sara@example.com"


def test_r22_a_process_that_ends_takes_no_mail_with_it(app, time_machine):
    with Postbox() as box:
        use(box)
        people.register()
        claims.claim("one that dies", size=1)
        time_machine.pass_(minutes=10)
        work()
        assert box.only().recipient == "sara@example.com"


def test_r25_a_refused_recipient_and_one_who_must_wait_look_the_same(app, time_machine):
    shown: dict[str, list[State]] = {}
    for reply in ("550 5.1.1 no such user", "450 4.7.1 later"):
        with Postbox(say={"RCPT": reply}) as box:
            use(box)
            asked = people.register(f"sara{reply[:3]}@example.com")
            work()
            work()
            shown[reply[:3]] = []
            for minutes in (0, 1, 5, 60, 24 * 60):
                time_machine.pass_(minutes=minutes)
                shown[reply[:3]].append(waiting.look(asked.handle).state)
    assert people.mails()[0].state == OutboxState.FAILED
    assert shown["550"] == shown["450"]


def test_r25_a_mail_given_up_is_not_said_to_leave_by_itself(app, time_machine, monkeypatch):
    asked = people.register()
    people.mails()[0].state = OutboxState.EXPIRED
    db.session.commit()
    time_machine.pass_(days=3, minutes=1)
    monkeypatch.setattr("app.mail.status.queries.is_disturbed", lambda: True)
    assert waiting.look(asked.handle).state is State.SLOW
    registration.resend(asked.handle, VISITOR)
    assert waiting.look(asked.handle).state is State.DELAYED
