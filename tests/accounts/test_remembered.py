"""«Keep me signed in»: a secret that is another one after each use, and is worth little copied."""

import threading
from concurrent.futures import ThreadPoolExecutor

from app.accounts import places, remembered, sessions, users
from app.accounts.entrance import Visit
from app.accounts.models import UserSession, UserState
from app.accounts.places import Kind
from app.accounts.session_models import RememberedBrowser
from app.core import addresses, audit, transaction
from app.core.audit import Actor, AuditEntry
from app.extensions import db
from tests import people
from tests.mailing import written
from tests.people import OTHER_PASSWORD, VISITOR, come_in


def enter(user, browser=""):
    return come_in(user.id, Visit("Firefox", browser, remember=True), VISITOR)


def come_back(cookie):
    return remembered.come_back(cookie, VISITOR, "Firefox")


def alive(secret):
    return sessions.find(secret) is not None


def events():
    return list(db.session.scalars(db.select(AuditEntry.event).order_by(AuditEntry.id)))


def test_r51_a_remembered_browser_opens_a_session_with_a_new_secret(app, time_machine):
    entered = enter(people.omid())
    time_machine.pass_(hours=13)
    assert not alive(entered.session)
    returned = come_back(entered.remembered)
    assert alive(returned.session)
    assert returned.cookie not in ("", entered.remembered)
    assert come_back(returned.cookie).cookie != returned.cookie


def test_r51_it_is_over_after_fourteen_days_however_often_it_is_used(app, time_machine):
    cookie = enter(people.omid()).remembered
    for _day in range(13):
        time_machine.pass_(days=1)
        cookie = come_back(cookie).cookie
    time_machine.pass_(days=1, seconds=1)
    assert come_back(cookie) is None


def test_r51_an_old_secret_is_a_theft_and_ends_everything_that_came_of_it(app, time_machine):
    user = people.omid()
    stolen = enter(user).remembered
    other = enter(user)
    time_machine.pass_(hours=13)
    thief = come_back(stolen)
    time_machine.pass_(minutes=2)
    assert come_back(stolen) is None
    assert not alive(thief.session)
    assert come_back(thief.cookie) is None
    assert come_back(other.remembered) is not None
    assert people.mails()[-1].kind == remembered.STOLEN
    assert "session.stolen" in events()


def test_r51_two_pages_opened_at_once_are_no_theft(app, time_machine):
    cookie = enter(people.omid()).remembered
    time_machine.pass_(hours=13)
    first, second = come_back(cookie), come_back(cookie)
    assert alive(first.session)
    assert alive(second.session)
    assert second.cookie == ""
    time_machine.pass_(minutes=2)
    assert come_back(first.cookie) is not None


def test_r50_a_browser_that_is_just_coming_back_is_signed_out_with_the_others(app, monkeypatch):
    user = people.omid()
    cookie, user_id = enter(user).remembered, user.id
    opens, ends = threading.Event(), threading.Event()
    open_for, forget = sessions.open_for, sessions._forget

    def slowly(*given, **named):
        opens.set()
        ends.wait(timeout=1)
        return open_for(*given, **named)

    def of_all(whose):
        if "remembered_browsers.user_id" in str(whose):
            ends.set()
        forget(whose)

    def sign_out():
        with app.app_context():
            opens.wait()
            if db.engine.dialect.name == "sqlite":
                ends.set()  # there one writer waits for the other from the first moment on
            transaction.begin()
            sessions.close_all(user_id)
            db.session.commit()

    monkeypatch.setattr(sessions, "open_for", slowly)
    monkeypatch.setattr(sessions, "_forget", of_all)
    with ThreadPoolExecutor(1) as other:
        done = other.submit(sign_out)
        returned = come_back(cookie)
        done.result()
    db.session.rollback()
    assert not alive(returned.session)
    assert come_back(returned.cookie) is None


def test_r51_a_session_opened_so_is_not_a_confirmed_one(app):
    entered = enter(people.omid())
    assert sessions.find(entered.session).is_confirmed
    assert not sessions.find(come_back(entered.remembered).session).is_confirmed


def test_r51_only_digests_are_stored(app):
    cookie = enter(people.omid()).remembered
    stored = str(vars(db.session.scalars(db.select(RememberedBrowser)).one()))
    assert not [part for part in cookie.split(".") if part in stored]


def test_r51_a_made_up_cookie_opens_nothing_and_accuses_nobody(app):
    enter(people.omid())
    sent = len(people.mails())
    for cookie in ("", ".", "x", "x.y", "x" * 5000, "\x00.\udcff"):
        assert come_back(cookie) is None
    assert len(people.mails()) == sent


def test_r50_signing_out_forgets_the_browser_too(app):
    entered = enter(people.omid())
    sessions.close(entered.session)
    assert come_back(entered.remembered) is None


def test_r50_a_new_password_forgets_every_browser(app):
    entered = enter(people.omid())
    users.set_password(addresses.parse("omid@example.com"), OTHER_PASSWORD, audit.CONSOLE)
    assert come_back(entered.remembered) is None
    assert not alive(entered.session)


def test_r50_a_disabled_person_is_not_remembered(app):
    user = people.omid()
    entered = enter(user)
    user.state = UserState.DISABLED
    db.session.commit()
    assert come_back(entered.remembered) is None


def test_r52_the_list_shows_each_browser_once_this_one_first(app, time_machine):
    user = people.omid()
    here = come_in(user.id, Visit("Firefox"), VISITOR)
    remembered_only = enter(user)
    time_machine.pass_(hours=13)
    back = come_back(enter(user).remembered)
    number = sessions.find(back.session).session_id
    found = places.of(user.id, number)
    assert [(one.kind, one.is_here) for one in found] == [
        (Kind.SESSION, True),
        (Kind.SESSION, False),
        (Kind.REMEMBERED, False),
    ]
    assert not alive(here.session)
    assert come_back(remembered_only.remembered) is not None


def test_r52_one_place_is_left_for_good(app, time_machine):
    user = people.omid()
    here, there = come_in(user.id, Visit("x"), VISITOR), enter(user)
    number = sessions.find(there.session).session_id
    places.leave(user.id, Kind.SESSION, number, VISITOR)
    assert alive(here.session)
    assert not alive(there.session)
    assert come_back(there.remembered) is None


def test_r52_nobody_signs_somebody_else_out(app):
    omid, nika = people.omid(), people.nika()
    entered = enter(omid)
    number = sessions.find(entered.session).session_id
    (row,) = db.session.scalars(db.select(RememberedBrowser.id)).all()
    places.leave(nika.id, Kind.SESSION, number, VISITOR)
    places.leave(nika.id, Kind.REMEMBERED, row, VISITOR)
    assert alive(entered.session)
    assert come_back(entered.remembered) is not None


def test_r52_all_others_are_left_at_once(app):
    user = people.omid()
    here, there, third = enter(user), enter(user), enter(user)
    places.leave_others(user.id, sessions.find(here.session).session_id, VISITOR)
    assert [alive(one.session) for one in (here, there, third)] == [True, False, False]
    assert come_back(there.remembered) is None
    assert come_back(here.remembered) is not None


def test_r52_a_new_browser_is_told_by_mail_and_never_held_up(app):
    user = people.omid()
    first = enter(user)
    assert people.mails("new_browser") == []
    assert enter(user, first.browser).browser == first.browser
    assert people.mails("new_browser") == []
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"
    second = come_in(user.id, Visit(phone), Actor(None, "visitor", "203.0.113.5"))
    assert alive(second.session)
    (mail,) = people.mails("new_browser")
    text = written(mail).text
    assert "Safari" in text
    assert "iOS" in text
    assert "203.0.113.5" in text
    assert "/account/sessions" in text


def test_what_was_remembered_long_ago_is_forgotten(app, time_machine):
    enter(people.omid())
    time_machine.pass_(days=43)
    assert remembered.forget_old() == 0
    time_machine.pass_(days=2)
    assert remembered.forget_old() == 1
    assert db.session.scalars(db.select(UserSession.remembered_id)).one() is None
