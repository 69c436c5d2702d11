"""The pages on which a password is typed: one field for all, with its rules, in words."""

import pytest

from app.accounts import users
from app.accounts.models import UserRole
from app.accounts.passwords import passwords, seating
from app.config import ROOT
from app.core import addresses, audit
from app.core.rate_limit import RateBucket
from app.extensions import db
from app.i18n import locales
from tests import people as named
from tests.accounts.test_recovery import link
from tests.page import problems, read
from tests.people import PASSWORD
from tests.pressing import all_seats_taken, nothing_free, send
from tests.web import people

LANGUAGES = sorted(locales.LOCALES)


def test_r36_the_rules_stand_below_the_field_without_any_script(client):
    page = read(client.get("/register?lang=en").text)
    field = page.by_id("password")
    assert (field.get("type"), field.get("autocomplete")) == ("password", "new-password")
    hint = page.by_id(field.get("aria-describedby"))
    assert "At least 12 characters" in hint.text
    assert page.by_id("password_confirm").get("autocomplete") == "new-password"


def test_r36_a_field_for_the_present_password_says_so(client):
    field = read(client.get("/login").text).by_id("password")
    assert field.get("autocomplete") == "current-password"


def test_r36_the_least_length_of_the_operator_is_the_one_that_is_said(client, configure):
    configure(password_min_length=20)
    page = client.get("/register?lang=fa").text
    assert "حداقل ۲۰ نویسه" in page
    assert 'data-min="20"' in page


@pytest.mark.parametrize(("person", "least"), [("nika", 15), ("omid", 12)])
def test_r36_behind_a_link_an_administrator_is_asked_for_more(client, person, least):
    getattr(named, person)()
    path = f"/recover/{link(f'{person}@example.com')}"
    assert f'data-min="{least}"' in client.get(path).text
    typed = {"password": "x7Kq9v", "password_confirm": "x7Kq9v"}
    refused = send(client, path, page=f"{path}?lang=en", **typed)
    assert refused.status_code == 422
    assert f"Write at least {least} characters." in refused.text


@pytest.mark.parametrize("locale", LANGUAGES)
def test_r39_every_word_of_the_hints_comes_with_the_page(client, locale):
    page = client.get(f"/login?lang={locale}").text
    assert problems(page, locale) == []
    for hint in ("caps", "letters", "numerals", "edge"):
        assert f"data-say-{hint}=" in page


def test_r39_no_password_is_sent_anywhere_while_it_is_typed():
    scripts = ("passwords.js", "estimate.js")
    folder = ROOT / "app" / "static" / "js"
    script = "".join((folder / name).read_text(encoding="utf-8") for name in scripts)
    assert all(word not in script for word in ("fetch", "XMLHttp", "sendBeacon", "localStorage"))


@pytest.mark.parametrize(("locale", "word"), [("fa", "صبر کنید"), ("en", "Wait a few seconds")])
def test_r41_when_every_seat_is_taken_the_page_says_when_to_come_back(
    client, monkeypatch, locale, word
):
    named.omid()
    client.get(f"/login?lang={locale}")
    monkeypatch.setattr(seating, "SECONDS_FOR_A_SEAT", 0.01)
    with all_seats_taken(monkeypatch):
        answer = send(client, "/login", page="/login", email="omid@example.com", password=PASSWORD)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert word in answer.text


@pytest.mark.parametrize("path", ["/login", "/register", "/recover/x", "/invitations/x"])
def test_r41_who_finds_no_place_is_turned_away_before_anything_is_looked_up(
    client, configure, monkeypatch, path
):
    configure(rate_limits=True)
    with nothing_free(monkeypatch):
        answer = send(client, path, page="/login", email="omid@example.com", password=PASSWORD)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert db.session.scalars(db.select(RateBucket)).all() == []


@pytest.mark.parametrize(("locale", "word"), [("fa", "رمز عبور را دوباره"), ("en", "again")])
def test_r41_who_finds_no_place_finds_the_form_again_with_all_but_the_password(
    client, monkeypatch, locale, word
):
    client.get(f"/login?lang={locale}")
    typed = {"email": "sara@example.com", "password": PASSWORD}
    more = {"name": "Sara Ahmadi", "password_confirm": PASSWORD}
    with nothing_free(monkeypatch):
        signing_in = send(client, "/login", **typed, next="/profile")
        registering = send(client, "/register", **typed, **more)
    for answer in (signing_in, registering):
        assert answer.status_code == 503
        assert problems(answer.text, locale) == []
        assert word in answer.text
        assert 'value="sara@example.com"' in answer.text
        assert PASSWORD not in answer.text
    assert 'value="/profile"' in signing_in.text
    assert 'value="Sara Ahmadi"' in registering.text


def test_r41_whoever_has_tried_too_often_costs_no_hash(client, configure, monkeypatch):
    configure(rate_limits=True)
    for _time in range(5):
        send(client, "/login", page="/login", email="nobody@example.com", password="wrong")
    monkeypatch.setattr(passwords, "matches", None)
    answer = send(client, "/login", page="/login", email="nobody@example.com", password="wrong")
    assert answer.status_code == 429


SHORT = "x7Kq9vLm2pRt"


def test_r36_an_administrator_with_a_short_password_is_led_to_a_longer_one(client):
    people.speak(client, "en")
    user = named.omid(password=SHORT)
    users.promote(addresses.parse(user.email), audit.CONSOLE)
    door = {"page": "/login", "email": user.email}
    led = send(client, "/login", **door, password=SHORT, remember="y")
    assert led.status_code == 303
    assert client.get("/system/").location.startswith("/login")
    page = client.get(led.location)
    assert "Your password is right" in page.text
    assert "15" in page.text
    assert problems(page.text, "en") == []
    typed = {"password": "x7Kq9vLm2pRt-bz", "password_confirm": "x7Kq9vLm2pRt-bz"}
    assert send(client, led.location, page=led.location, **typed).location == "/login"
    assert send(client, "/login", **door, password=typed["password"]).location == "/"
    assert client.get("/system/").status_code == 200


def test_r36_a_session_of_before_is_led_there_when_the_password_is_asked_for(app, time_machine):
    user = named.omid(password=SHORT)
    user.role, user.locale = UserRole.ADMIN, "en"
    db.session.commit()
    browser = people.browser(app, user)
    time_machine.pass_(minutes=11)
    asked = send(browser, "/system/users/new")
    assert asked.status_code == 403
    data = {"kept_form": read(asked.text).values()["kept_form"], "kept_password": SHORT}
    assert send(browser, "/system/users/new", **data).location == "/account/password"
    page = browser.get("/account/password")
    assert "at least 15 characters" in page.text
    new = "x7Kq9vLm2pRt-bz"
    typed = {"present": SHORT, "password": new, "password_confirm": new}
    assert send(browser, "/account/password", **typed).location == "/account"
    assert send(browser, "/system/users/new").status_code == 422
