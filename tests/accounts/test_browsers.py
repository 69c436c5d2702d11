import pytest

from app.accounts import activation, disowning, sessions
from app.accounts.activation import Link, NotActivated
from app.accounts.browsers import Browser
from app.accounts.entrance import Visit
from app.accounts.models import ActivationCode, ActivationToken
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.models import OutboxState
from tests import people
from tests.people import VISITOR


def press(token, asked=None):
    browser = Browser(asked.handle, Visit("Firefox/1")) if asked else Browser("", Visit("Chrome/1"))
    return activation.activate(token, VISITOR, browser)


def test_r12_the_browser_that_registered_is_signed_in_by_one_press(app):
    asked = people.register()
    opened = press(people.issue(asked), asked)
    found = sessions.find(opened.entered.session)
    assert (found.email, found.is_admin) == ("sara@example.com", False)


def test_r11_another_browser_activates_and_is_not_signed_in(app):
    opened = press(people.issue(people.register()))
    assert opened.entered is None
    assert [user.email for user in people.everybody()] == ["sara@example.com"]


def test_r11_the_handle_of_another_attempt_signs_nobody_in(app):
    mine = people.register("mallory@example.com")
    opened = press(people.issue(people.register()), mine)
    assert opened.entered is None


def test_r12_half_an_hour_after_the_mail_the_password_is_asked_for(app, time_machine):
    asked = people.register()
    token = people.issue(asked)
    time_machine.pass_(hours=3)
    people.taken(people.mails()[0], time_machine.now())
    time_machine.pass_(minutes=29)
    browser = Browser(asked.handle)
    assert activation.look_at(token, browser).origin is None
    time_machine.pass_(minutes=2)
    assert activation.look_at(token, browser).origin is not None
    assert press(token, asked).entered is None


def test_r11_the_page_knows_who_asked_but_only_a_hint_of_the_address(app, time_machine):
    people.register("saraahmadi@example.com", user_agent="Firefox/1 Android")
    (attempt,) = people.attempts()
    origin = activation.look_at(people.issue(people.Asked("", attempt.id))).origin
    assert origin is not None
    assert origin.name == "سارا"
    assert origin.address == "sa•••@example.com"
    assert origin.asked_at == time_machine.now()
    assert origin.user_agent == "Firefox/1 Android"


def test_r11_this_was_not_me_deletes_the_attempt_and_is_audited(app):
    asked = people.register()
    token = people.issue(asked)
    disowning.disown(token, VISITOR)
    assert people.attempts() == people.everybody() == []
    assert people.mails()[0].state == OutboxState.CANCELLED
    assert activation.look_at(token).link is Link.UNKNOWN
    assert db.session.scalars(db.select(ActivationToken)).all() == []
    assert db.session.scalars(db.select(ActivationCode)).all() == []
    (entry,) = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.event == "registration.disowned")
    )
    assert (entry.target, entry.ip) == (f"registration:{asked.pending_id}", VISITOR.ip)


def test_r11_only_the_attempt_of_the_link_is_deleted(app):
    mine, theirs = people.register(), people.register()
    disowning.disown(people.issue(theirs), VISITOR)
    assert [attempt.id for attempt in people.attempts()] == [mine.pending_id]


def test_r11_a_link_that_opens_nothing_deletes_nothing(app, time_machine):
    token = people.issue(people.register())
    time_machine.pass_(hours=25)
    with pytest.raises(NotActivated):
        disowning.disown(token, VISITOR)
    with pytest.raises(NotActivated):
        disowning.disown("nonsense", VISITOR)
    assert len(people.attempts()) == 1


def test_r11_who_has_activated_cannot_be_deleted_by_the_same_link(app):
    token = people.issue(people.register())
    press(token)
    with pytest.raises(NotActivated):
        disowning.disown(token, VISITOR)
    assert len(people.everybody()) == 1
