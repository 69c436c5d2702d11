"""The pages about people: lists, one person, deeds, the invitation, the table to take away."""

import re

import pytest
from sqlalchemy import event

from app.accounts import invitations, registration
from app.accounts.models import PendingRegistration, User, UserRole, UserSession, UserState
from app.core import addresses, audit
from app.core.audit import AuditEntry
from app.extensions import db
from app.i18n import locales
from app.mail.models import OutboxState
from tests import people
from tests.page import problems, read
from tests.people import VISITOR
from tests.pressing import token
from tests.web.people import speak

MOST_QUERIES = 8
LONG = "آریوبرزن " * 11 + "x"
MIXED = "Sara <b>سارا</b> & كریمی"


def press(browser, path, **fields):
    db.session.commit()  # what was read before must not hide what happens now
    return browser.post(path, data={"csrf_token": token(browser), **fields}, buffered=True)


def act(browser, deed, *numbers):
    return press(browser, f"/system/users/deeds/{deed}", ids=",".join(map(str, numbers)))


def number_of(address):
    return db.session.scalar(db.select(User.id).where(User.email_key == address))


def user(address):
    db.session.expire_all()
    return db.session.scalar(db.select(User).where(User.email_key == address))


def events():
    return db.session.scalars(db.select(AuditEntry.event).order_by(AuditEntry.id)).all()


def register(address, name="سارا احمدی"):
    return people.register(address, name=name).pending_id


def paths(nika):
    sara = register("sara@example.com")
    return [
        "/system/users",
        "/system/users?role=admin&state=active&q=نیکا",
        "/system/users?q=nobody-at-all",
        "/system/users/pending",
        "/system/users/pending?kind=registered&mail=waiting&q=سارا",
        "/system/users/pending?mail=failed",
        "/system/users/new",
        f"/system/users/{number_of('nika@example.com')}",
        f"/system/users/pending/{sara}",
        f"/system/users/deeds/sign-out?id={number_of('nika@example.com')}",
        f"/system/users/deeds/delete?id={sara}",
    ]


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_every_page_is_sound_and_asks_the_database_little(nika, locale):
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for path in paths(nika):
            nika.get(path)
            asked.clear()
            answer = nika.get(f"{path}{'&' if '?' in path else '?'}lang={locale}")
            assert answer.status_code == 200, path
            assert problems(answer.text, locale) == [], path
            assert len(asked) <= MOST_QUERIES, (path, len(asked), asked)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path", ["", "/pending", "/new", "/1", "/pending/1", "/deeds/disable?id=1"]
)
def test_for_people_without_rights_nothing_of_this_exists(omid, path):
    assert omid.get(f"/system/users{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/0",
        "/999999",
        "/99999999999999999999",
        "/pending/999999",
        "/pending/99999999999999999999",
        "/deeds/unknown?id=1",
        "/x",
    ],
)
def test_what_is_not_there_is_not_found(nika, path):
    assert nika.get(f"/system/users{path}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff%fe",
        "q=%ed%a0%80",
        "q=" + "x" * 3000,
        "q=%25%5F%27%22%3B--",
        "role=god&state=dead",
        "role=admin&role=user",
        "before=99999999999999",
        "after=-1&before=x",
        "q=%E2%80%AE",
    ],
)
@pytest.mark.parametrize("path", ["/system/users", "/system/users/pending"])
def test_hostile_questions_are_answered(nika, path, query):
    answer = nika.get(f"{path}?{query}")
    assert answer.status_code == 200
    assert problems(answer.text, "fa") == []


def test_arabic_letters_find_a_persian_name(nika):
    people.omid("ali@example.org")
    user("ali@example.org").name = "علی کریمی"
    db.session.commit()
    for typed in ("علي كريمي", "كريمي", "کریمی علی", "علی\u200cکری", "ALI@Exam", "example.org"):
        page = nika.get("/system/users", query_string={"q": typed})
        assert "علی کریمی" in page.text, typed
    assert "علی کریمی" not in nika.get("/system/users?q=رستم").text


def test_nobody_found_leads_to_those_who_wait(nika):
    page = nika.get("/system/users?q=sara").text
    assert "/system/users/pending?q=sara" in page


def test_long_and_mixed_names_are_shown_whole_and_harmless(nika):
    register("long@example.com", LONG)
    register("mixed@example.com", MIXED.replace("<b>", "").replace("</b>", ""))
    row = db.session.scalars(db.select(PendingRegistration)).all()[-1]
    row.name = MIXED
    db.session.commit()
    page = nika.get("/system/users/pending").text
    assert LONG in page
    assert "&lt;b&gt;" in page
    assert "<b>سارا" not in page
    assert problems(page, "fa") == []


def test_a_dangerous_deed_asks_first_and_changes_nothing(nika, omid):
    number = number_of("omid@example.com")
    page = nika.get(f"/system/users/deeds/disable?id={number}")
    assert "omid@example.com" in page.text
    assert user("omid@example.com").state == UserState.ACTIVE


def test_without_a_choice_the_list_says_so(nika):
    answer = nika.get("/system/users/deeds/disable?id=x&id=-1&id=")
    assert (answer.status_code, answer.location) == (303, "/system/users")


def test_somebody_disabled_is_out_at_once(nika, omid):
    number = number_of("omid@example.com")
    assert act(nika, "disable", number).location == f"/system/users/{number}"
    assert user("omid@example.com").state == UserState.DISABLED
    assert omid.get("/account").status_code == 303
    assert "user.disabled" in events()
    act(nika, "enable", number)
    assert user("omid@example.com").state == UserState.ACTIVE


@pytest.mark.parametrize("deed", ["disable", "demote"])
def test_nobody_takes_themselves_away(nika, deed):
    speak(nika, "en")
    me = number_of("nika@example.com")
    act(nika, deed, me)
    assert user("nika@example.com").is_admin
    assert user("nika@example.com").is_active
    assert "ask another administrator" in nika.get(f"/system/users/{me}").text


def test_a_new_administrator_enters_after_signing_in_anew(nika, omid):
    number = number_of("omid@example.com")
    act(nika, "promote", number)
    assert user("omid@example.com").role == UserRole.ADMIN
    assert omid.get("/system/users").status_code == 303
    act(nika, "demote", number)
    assert user("omid@example.com").role == UserRole.USER


def test_many_at_once_are_counted_and_the_others_explained(nika, omid):
    speak(nika, "en")
    me, other = number_of("nika@example.com"), number_of("omid@example.com")
    answer = act(nika, "disable", me, other, 424242)
    assert answer.location == "/system/users"
    said = read(nika.get("/system/users?lang=en").text)
    notices = [e.text for e in said.root.all("div") if "flash" in e.get("class")]
    assert len(notices) == 3
    assert any("1 account was disabled" in notice for notice in notices)
    assert any("their own account" in notice for notice in notices)
    assert any("no longer there" in notice for notice in notices)


@pytest.mark.parametrize(
    "fields", [{"ids": ""}, {"ids": "x"}, {"id": "1"}, {"ids": "1", "role": "admin"}]
)
def test_a_deed_with_anything_else_is_a_bad_request(nika, fields):
    assert press(nika, "/system/users/deeds/promote", **fields).status_code == 400


def test_one_session_and_all_sessions_are_ended(nika, omid):
    number = number_of("omid@example.com")
    session = db.session.scalar(db.select(UserSession.id).where(UserSession.user_id == number))
    foreign = number_of("nika@example.com")
    press(nika, f"/system/users/{foreign}/sessions/{session}")
    assert omid.get("/account").status_code == 200
    press(nika, f"/system/users/{number}/sessions/{session}")
    assert omid.get("/account").status_code == 303


def test_the_page_of_a_person_tells_mails_sessions_and_events(nika, omid):
    number = number_of("omid@example.com")
    press(nika, "/system/users/deeds/recover", ids=str(number))
    page = nika.get(f"/system/users/{number}?lang=en").text
    assert "Password reset link" in page
    assert "127.0.0.1" in page
    assert "Password reset link sent by an administrator" in page
    assert "/recover/" not in page


def test_the_page_of_a_person_says_who_did_it_and_from_where(nika, omid):
    number = number_of("omid@example.com")
    press(nika, "/system/users/deeds/recover", ids=str(number))
    page = nika.get(f"/system/users/{number}?lang=en").text
    lines = [line.text for line in read(page).root.all("li")]
    (by_nika,) = (line for line in lines if "reset link sent by an administrator" in line)
    assert "nika@example.com, from 127.0.0.1" in by_nika
    assert any("The console" in line and "from" not in line for line in lines)


def test_a_pending_registration_is_opened_by_hand(nika):
    sara = register("sara@example.com")
    answer = act(nika, "activate", sara)
    assert answer.location == "/system/users/pending"
    assert user("sara@example.com").is_active
    assert people.attempts() == []
    assert people.mails("opened_by_hand")[0].recipient == "sara@example.com"
    entry = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.event == "account.activated")
    ).all()[-1]
    assert entry.actor == "nika@example.com"
    assert entry.details["how"] == "by hand"


def test_a_pending_registration_gets_its_mail_again_and_is_deleted(nika):
    sara = register("sara@example.com")
    act(nika, "resend", sara)
    assert [mail.state for mail in people.mails("activation")] == [
        OutboxState.CANCELLED,
        OutboxState.QUEUED,
    ]
    act(nika, "delete", sara)
    assert people.attempts() == []
    assert people.mails("activation")[-1].state == OutboxState.CANCELLED
    assert events()[-1] == "registration.deleted"


def invite(nika, **changes):
    fields = {"name": "رستم فرخزاد", "email": "rostam@example.com", "locale": "fa"} | changes
    return press(nika, "/system/users/new", **fields)


def test_an_invitation_waits_with_its_mail(nika):
    answer = invite(nika)
    (attempt,) = people.attempts()
    assert answer.location == f"/system/users/pending/{attempt.id}"
    assert attempt.invited
    assert people.mails("invitation")[0].recipient == "rostam@example.com"
    page = nika.get(answer.location).text
    assert "نیکا رضایی" in page
    assert "/invitations/" not in page
    assert "deeds/activate" not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "http://example.com"},
        {"name": "a\x00b"},
        {"name": "a\u202eb"},
        {"email": "rostam"},
        {"email": "nika@example.com"},
        {"email": ["a@example.com", "b@example.com"]},
        {"email": "a@example.com\r\nBcc: b@example.com"},
        {"locale": "xx"},
        {"role": "admin"},
        {"password_hash": "x"},
        {"state": "active"},
    ],
)
def test_a_wrong_invitation_is_refused_with_words(nika, changes):
    answer = invite(nika, **changes)
    assert answer.status_code == 422
    assert problems(answer.text, "fa") == []
    assert people.attempts() == []
    assert "name" in changes or "رستم فرخزاد" in answer.text


def test_nobody_is_invited_twice(nika):
    invite(nika)
    assert invite(nika).status_code == 422
    assert len(people.attempts()) == 1


def test_the_table_is_harmless_filtered_and_written_down(nika, omid):
    person = user("omid@example.com")
    person.name = "=HYPERLINK(1)"
    db.session.commit()
    answer = press(nika, "/system/users/export", q="omid", role="", state="active")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert answer.content_type.startswith("text/csv")
    assert len(lines) == 2
    assert lines[1].startswith("'=HYPERLINK(1),omid@example.com,user,active,")
    assert "user.exported" in events()


def test_who_waits_can_be_taken_away_as_a_table_too(nika):
    register("sara@example.com", name="Sara")
    register("rostam@example.com")
    for one in people.attempts():
        one.name = f"=1+1 {one.name}"
    db.session.commit()
    fields = {"q": "sara", "kind": "registered", "mail": "waiting"}
    answer = press(nika, "/system/users/pending/export", **fields)
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert answer.content_type.startswith("text/csv")
    assert len(lines) == 2
    assert lines[1].startswith("'=1+1 Sara,sara@example.com,ثبت‌نام‌کرده,ایمیل در صف,fa,")
    assert "registration.exported" in events()


def test_an_empty_list_offers_no_table(nika):
    assert "pending/export" not in nika.get("/system/users/pending").text


def test_the_table_goes_to_administrators_by_a_button_only(nika, omid):
    assert press(omid, "/system/users/pending/export").status_code == 404
    assert nika.get("/system/users/export").status_code in (404, 405)
    assert press(omid, "/system/users/export").status_code == 404


def test_pages_keep_their_filters(nika):
    now = user("nika@example.com").created_at
    db.session.add_all(
        User(
            name=f"کاربر {n}",
            email=f"u{n}@example.com",
            email_key=f"u{n}@example.com",
            password_hash="",
            locale="fa",
            role="user",
            state="active",
            created_at=now,
            activated_at=now,
        )
        for n in range(120)
    )
    db.session.commit()
    page = nika.get("/system/users?q=کاربر&role=user").text
    older = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert "role=user" in older
    second = nika.get(older).text
    assert "u119@example.com" in page
    assert "u119@example.com" not in second
    assert "u69@example.com" in second


def test_those_who_wait_for_their_mail_are_found(nika):
    register("waits@example.com")
    register("has@example.com")
    mails = people.mails("activation")
    mails[1].state = OutboxState.SENT
    db.session.commit()
    page = nika.get("/system/users/pending?mail=waiting").text
    assert "waits@example.com" in page
    assert "has@example.com" not in page
    page = nika.get("/system/users/pending?mail=accepted").text
    assert "has@example.com" in page
    assert "waits@example.com" not in page


def test_invited_and_registered_are_told_apart(nika):
    register("sara@example.com")
    invitee = invitations.Invitee("رستم", addresses.parse("rostam@example.com"), "fa")
    invitations.invite(invitee, audit.CONSOLE)
    assert "sara@example.com" not in nika.get("/system/users/pending?kind=invited").text
    assert "rostam@example.com" not in nika.get("/system/users/pending?kind=registered").text


def test_an_attempt_at_a_known_address_says_so_and_is_never_opened(nika, omid):
    number = register("omid@example.com")
    assert "deeds/activate" not in nika.get(f"/system/users/pending/{number}").text
    act(nika, "activate", number)
    assert [attempt.id for attempt in people.attempts()] == [number]
    assert registration.ALREADY_REGISTERED in [mail.kind for mail in people.mails()]
    assert VISITOR.label == "visitor"
