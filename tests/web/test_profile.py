"""One's own account: name, language, password, address, browsers, the end of it."""

from datetime import UTC, datetime

import pytest

from app.accounts import address_change, waiting_address
from app.accounts.entrance import Visit
from app.accounts.models import User, UserSession
from app.core import addresses, audit
from app.extensions import db
from app.i18n import locales
from tests.mailing import token_of
from tests.page import problems
from tests.people import come_in
from tests.pressing import token
from tests.web import people

PASSWORD = people.PASSWORD
NEW = "Panj kabutar bar bam-e kahgeli"


def post(client, path, **fields):
    return client.post(path, data={"csrf_token": token(client), **fields})


def me():
    db.session.rollback()
    return db.session.scalars(db.select(User)).one()


def speak(locale):
    """Let the account have this language."""
    me().locale = locale
    db.session.commit()


def elsewhere(remember=False):
    """Another browser of the same person, signed in."""
    visit = Visit("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", remember=remember)
    return come_in(me().id, visit, audit.Actor(None, "visitor", "203.0.113.5"))


def ask_for_address(email="omid@new.example.com"):
    address_change.ask(me().id, addresses.parse(email), audit.CONSOLE)


def test_the_page_of_ones_account_leads_everywhere(omid):
    page = omid.get("/account").text
    for path in ("details", "password", "address", "sessions", "deletion"):
        assert f'href="/account/{path}"' in page


def test_name_and_language_are_stored_and_spoken_at_once(omid):
    answer = post(omid, "/account/details", name="Omid Nouri", locale="en")
    assert answer.status_code == 303
    assert (me().name, me().locale) == ("Omid Nouri", "en")
    page = omid.get("/account").text
    assert 'lang="en"' in page
    assert "Omid Nouri" in page


def test_the_pages_keep_to_the_clock_of_the_person(omid, time_machine):
    time_machine.moment = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    assert "۵\u00a0آذر ۱۴۰۵، ساعت\u00a0۰۰:۳۰" in omid.get("/account/details").text
    fields = {"name": "x", "locale": "fa", "time_zone": "america/new york"}
    assert post(omid, "/account/details", **fields).status_code == 303
    assert me().time_zone == "America/New_York"
    assert "۴\u00a0آذر ۱۴۰۵، ساعت\u00a0۱۶:۰۰" in omid.get("/account/details").text
    assert "America/New_York" in omid.get("/account").text


@pytest.mark.parametrize("typed", ["تهران", "tehran", "ASIA/TEHRAN", "Asia/Tehran"])
def test_a_time_zone_is_known_by_its_city_too(omid, typed):
    post(omid, "/account/details", name="x", locale="fa", time_zone=typed)
    assert me().time_zone == "Asia/Tehran"


def test_without_a_time_zone_of_ones_own_that_of_the_system_counts(omid):
    me().time_zone = "Asia/Tokyo"
    db.session.commit()
    post(omid, "/account/details", name="x", locale="fa", time_zone="")
    assert me().time_zone is None


def test_zones_are_offered_with_their_cities_the_nearest_first(omid):
    page = omid.get("/account/details").text
    first = page.index('<option value="Asia/Tehran" label="تهران">')
    assert first < page.index('<option value="Africa/Cairo" label="قاهره">')


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x", "locale": "fa", "time_zone": "Asia/Nowhere"},
        {"name": "", "locale": "fa"},
        {"name": "www.win.example", "locale": "fa"},
        {"name": "x", "locale": "xx"},
    ],
)
def test_what_is_no_name_or_language_is_refused_with_what_was_typed(omid, fields):
    answer = post(omid, "/account/details", **fields)
    assert answer.status_code == 422
    assert all(fields.get(name, "") in answer.text for name in ("name", "time_zone"))
    assert me().name == "امید کریمی"


def test_r63_nobody_gives_themselves_a_role(omid):
    answer = post(omid, "/account/details", name="x", locale="fa", role="admin")
    assert answer.status_code == 422
    assert me().role == "user"


def change_password(client, present=PASSWORD, new=NEW, again=None):
    fields = {"present": present, "password": new, "password_confirm": again or new}
    return post(client, "/account/password", **fields)


def test_another_password_keeps_one_signed_in_here_only(omid):
    other = elsewhere()
    assert change_password(omid).status_code == 303
    assert omid.get("/account").status_code == 200
    rows = db.session.scalars(db.select(UserSession).order_by(UserSession.id)).all()
    assert [row.ended_at is None for row in rows] == [True, False]
    assert other.session


@pytest.mark.parametrize(
    ("fields", "locale", "said"),
    [
        ({"present": "wrong"}, "fa", "این رمز عبور کنونی شما نیست."),
        ({"new": "short"}, "en", "at least 12 characters"),
        ({"again": "another"}, "en", "not the same"),
    ],
)
def test_a_password_that_will_not_do_is_explained_and_typed_anew(omid, fields, locale, said):
    speak(locale)
    answer = change_password(omid, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert problems(answer.text, locale) == []
    assert NEW not in answer.text
    assert PASSWORD not in answer.text


def test_r34_another_address_waits_and_may_be_given_up(omid):
    answer = post(omid, "/account/address", email="omid@new.example.com")
    assert answer.status_code == 303
    assert "omid@new.example.com" in omid.get("/account").text
    assert me().email == "omid@example.com"
    post(omid, "/account/address/withdrawal")
    assert "omid@new.example.com" not in omid.get("/account").text


def test_the_same_address_and_what_is_none_are_refused(omid):
    for email in ("omid@example.com", "no address"):
        answer = post(omid, "/account/address", email=email)
        assert answer.status_code == 422
        assert email in answer.text


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_r01_opening_the_link_of_the_new_address_changes_nothing(client, omid, locale):
    ask_for_address()
    path = f"/address/{token_of('address_confirmation', 'address')}"
    for method in (client.get, client.head, client.options):
        method(f"{path}?utm=x&lang={locale}")
    page = client.get(f"{path}?lang={locale}")
    assert problems(page.text, locale) == []
    assert me().email == "omid@example.com"
    assert post(client, path).status_code == 303
    assert me().email == "omid@new.example.com"
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_r34_this_was_not_me_is_a_button_behind_a_link(client, omid, locale):
    ask_for_address()
    path = f"/address-undo/{token_of('address_change_asked', 'address-undo')}"
    page = client.get(f"{path}?lang={locale}")
    assert problems(page.text, locale) == []
    assert waiting_address.find(me().id) is not None
    done = post(client, path)
    assert problems(done.text, locale) == []
    assert omid.get("/account").status_code == 303
    assert client.get(path).status_code == 404


def test_r52_each_browser_is_shown_in_words_and_signed_out(omid):
    elsewhere()
    page = omid.get("/account/sessions?lang=en").text
    assert "203.0.113.5" in page
    assert "Firefox" in page
    number = db.session.scalars(db.select(UserSession.id).order_by(UserSession.id)).all()[-1]
    assert post(omid, f"/account/sessions/session/{number}").status_code == 303
    assert "203.0.113.5" not in omid.get("/account/sessions").text
    assert omid.get("/account").status_code == 200


def test_r52_all_others_are_signed_out_by_one_button(omid):
    elsewhere()
    elsewhere(remember=True)
    assert post(omid, "/account/sessions/others").status_code == 303
    assert "203.0.113.5" not in omid.get("/account/sessions").text


@pytest.mark.parametrize("path", ["/account/sessions/pigeon/1", "/account/sessions/session/0x1"])
def test_what_is_no_browser_is_not_found(omid, path):
    assert post(omid, path).status_code == 404


def test_deleting_the_account_signs_out_and_signing_in_keeps_it(omid, client):
    answer = post(omid, "/account/deletion")
    assert answer.location == "/login"
    assert omid.get("/account").status_code == 303
    assert me().delete_at is not None
    post(client, "/login", email="omid@example.com", password=PASSWORD)
    assert me().delete_at is None
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_the_link_keeps_the_account_by_a_button(omid, client, locale):
    post(omid, "/account/deletion")
    path = f"/keep-account/{token_of('deletion_asked', 'keep-account')}"
    page = client.get(f"{path}?lang={locale}")
    assert problems(page.text, locale) == []
    assert me().delete_at is not None
    assert post(client, path).status_code == 303
    assert me().delete_at is None


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_r76_the_last_administrator_is_told_why_not(nika, locale):
    speak(locale)
    answer = post(nika, "/account/deletion")
    assert answer.status_code == 409
    assert problems(answer.text, locale) == []
    assert me().delete_at is None


@pytest.mark.parametrize("path", ["", "/details", "/password", "/address", "/sessions"])
def test_a_visitor_is_asked_who_it_is(client, path):
    assert client.get(f"/account{path}").location.startswith("/login?next=/account")


def test_r51_a_remembered_browser_is_in_again_when_its_session_is_over(client, omid, time_machine):
    fields = {"email": "omid@example.com", "password": PASSWORD, "remember": "y"}
    post(client, "/login", **fields)
    first = client.get_cookie("peyk_remembered").value
    time_machine.pass_(hours=13)
    assert client.get("/account").status_code == 200
    assert client.get_cookie("peyk_remembered").value != first
    assert post(client, "/account/address", email="x@new.example.com").status_code == 403
    post(client, "/logout")
    assert client.get_cookie("peyk_remembered") is None


def test_r51_a_form_sent_after_the_session_was_over_is_not_lost(client, omid, time_machine):
    fields = {"email": "omid@example.com", "password": PASSWORD, "remember": "y"}
    post(client, "/login", **fields)
    time_machine.pass_(hours=13)
    data = {"csrf_token": token(client), "name": "Omid", "locale": "en"}
    assert client.post("/account/details", data=data).status_code == 303
    assert me().name == "Omid"


def test_r51_an_old_cookie_is_taken_away(client, omid, time_machine):
    fields = {"email": "omid@example.com", "password": PASSWORD, "remember": "y"}
    post(client, "/login", **fields)
    stolen = client.get_cookie("peyk_remembered").value
    time_machine.pass_(hours=13)
    client.get("/account")
    time_machine.pass_(hours=13)
    client.set_cookie("peyk_remembered", stolen)
    assert client.get("/account").status_code == 303
    assert client.get_cookie("peyk_remembered") is None
