"""The password once more, and the form that waits for it."""

import pytest

from app.accounts import confirmation, kept_forms, profile, sessions, users
from app.accounts.confirmation import WrongPassword
from app.accounts.entrance import Visit
from app.accounts.models import User
from app.accounts.passwords import passwords
from app.accounts.profile import Details, Here
from app.accounts.session_models import KeptForm, KnownBrowser
from app.accounts.users import WeakPassword
from app.core import addresses, audit
from app.core.audit import AuditEntry
from app.core.errors import TooOften
from app.extensions import db
from tests import people
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR, come_in

FORM = [("host", "mail.example.com"), ("password", "hidden"), ("host", "again")]
PLACE = "/system/smtp?"


@pytest.fixture
def omid(app):
    return people.omid().id


def enter(user_id):
    entered = come_in(user_id, Visit("Firefox"), VISITOR)
    return entered, sessions.find(entered.session).session_id


def confirm(user_id, number, password=PASSWORD):
    return confirmation.confirm(user_id, number, password, VISITOR)


def test_r53_ten_minutes_after_the_password_it_is_asked_for_again(omid, time_machine):
    entered, number = enter(omid)
    time_machine.pass_(minutes=9, seconds=59)
    assert sessions.find(entered.session).is_confirmed
    time_machine.pass_(seconds=1)
    assert not sessions.find(entered.session).is_confirmed
    assert sessions.find(confirm(omid, number)).is_confirmed


def test_r48_confirming_gives_the_session_another_secret(omid):
    entered, number = enter(omid)
    fresh = confirm(omid, number)
    assert sessions.find(entered.session) is None
    assert sessions.find(fresh).session_id == number


def test_r53_a_wrong_password_confirms_nothing(omid, time_machine):
    entered, number = enter(omid)
    time_machine.pass_(minutes=11)
    with pytest.raises(WrongPassword):
        confirm(omid, number, "wrong")
    assert not sessions.find(entered.session).is_confirmed


def test_r53_the_sixth_wrong_password_has_to_wait_before_any_hashing(omid, configure, monkeypatch):
    configure(rate_limits=True)
    _entered, number = enter(omid)
    monkeypatch.setattr(passwords, "matches", lambda *_given: False)
    for _time in range(5):
        with pytest.raises(WrongPassword):
            confirm(omid, number)
    monkeypatch.setattr(passwords, "matches", None)
    with pytest.raises(TooOften):
        confirm(omid, number)


def test_r45_another_session_brings_no_more_tries_than_twenty_an_hour(omid, configure, monkeypatch):
    configure(rate_limits=True)
    monkeypatch.setattr(passwords, "matches", lambda *_given: False)
    for _session in range(4):
        _entered, number = enter(omid)
        for _time in range(5):
            with pytest.raises(WrongPassword):
                confirm(omid, number)
    _entered, number = enter(omid)
    with pytest.raises(TooOften):
        confirm(omid, number)


def test_r43_a_change_that_was_on_its_way_does_not_replace_a_new_password(omid, monkeypatch):
    _entered, number = enter(omid)
    hashed = passwords.hashed

    def while_it_is_hashed(password):
        monkeypatch.setattr(passwords, "hashed", hashed)
        users.set_password(addresses.parse("omid@example.com"), OTHER_PASSWORD, audit.CONSOLE)
        return hashed(password)

    monkeypatch.setattr(passwords, "hashed", while_it_is_hashed)
    with pytest.raises(WrongPassword):
        profile.change_password(Here(omid, number), PASSWORD, "a thief's own long words", VISITOR)
    db.session.expire_all()
    assert passwords.matches(OTHER_PASSWORD, db.session.get_one(User, omid).password_hash)


def test_r53_a_form_is_kept_whole_and_given_back_once(omid):
    _entered, number = enter(omid)
    handle = kept_forms.keep(number, PLACE, FORM)
    assert kept_forms.take(number, PLACE, handle) == FORM
    assert kept_forms.take(number, PLACE, handle) is None


def test_r53_a_kept_form_is_sealed(omid):
    _entered, number = enter(omid)
    handle = kept_forms.keep(number, PLACE, FORM)
    stored = str(vars(db.session.scalars(db.select(KeptForm)).one()))
    assert not [text for text in ("mail.example.com", "hidden", handle) if text in stored]


def test_r53_a_form_is_for_one_session_one_place_and_ten_minutes(omid, time_machine):
    (_, number), (_, other) = enter(omid), enter(omid)
    handle = kept_forms.keep(number, PLACE, FORM)
    assert kept_forms.take(other, PLACE, handle) is None
    assert kept_forms.take(number, "/system/users", handle) is None
    time_machine.pass_(minutes=10)
    assert kept_forms.take(number, PLACE, handle) is None
    assert kept_forms.forget_old() == 1


def test_r53_a_session_keeps_five_forms_and_no_more(omid):
    _entered, number = enter(omid)
    handles = [kept_forms.keep(number, PLACE, FORM) for _time in range(6)]
    found = [kept_forms.take(number, PLACE, handle) is not None for handle in handles]
    assert found == [False] + [True] * 5


def test_r43_another_password_wants_the_present_one(omid):
    _entered, number = enter(omid)
    with pytest.raises(WrongPassword):
        profile.change_password(Here(omid, number), "wrong", OTHER_PASSWORD, VISITOR)
    with pytest.raises(WeakPassword):
        profile.change_password(Here(omid, number), PASSWORD, "short", VISITOR)


def test_r50_another_password_ends_all_other_sessions_and_is_told(omid):
    (here, number), (there, _) = enter(omid), enter(omid)
    mine = Here(omid, number, here.browser)
    fresh = profile.change_password(mine, PASSWORD, OTHER_PASSWORD, VISITOR)
    assert sessions.find(there.session) is None
    assert sessions.find(here.session) is None
    assert sessions.find(fresh).is_confirmed
    assert people.mails()[-1].kind == "password_changed"
    assert db.session.scalar(db.select(db.func.count(KnownBrowser.id))) == 1


def test_name_language_and_time_zone_change_together_and_are_written_down(omid):
    profile.change_details(omid, Details("امید نوری", "fa", "Europe/Berlin"), VISITOR)
    user = db.session.get_one(User, omid)
    assert (user.name, user.locale, user.time_zone) == ("امید نوری", "fa", "Europe/Berlin")
    (entry,) = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.event == "user.details_changed")
    ).all()
    assert entry.details == {
        "name": {"from": "امید", "to": "امید نوری"},
        "time_zone": {"from": None, "to": "Europe/Berlin"},
    }


def test_what_stays_as_it_is_is_not_written_down(omid):
    profile.change_details(omid, Details("امید", "fa", None), VISITOR)
    events = db.session.scalars(db.select(AuditEntry.event)).all()
    assert "user.details_changed" not in events
