"""The pages of a forgotten password: one answer for everybody, a link that asks."""

import re

import pytest

from app.accounts import limits
from app.accounts.models import UserState
from app.core import log
from app.core.rate_limit import Limit
from app.extensions import db
from app.i18n import locales
from app.mail import kinds
from app.mail.models import OutboxState
from tests import people
from tests.page import problems
from tests.people import OTHER_PASSWORD, PASSWORD
from tests.pressing import send
from tests.web.browser import Browser


def ask(client, email="omid@example.com", **more):
    return send(client, "/forgot-password", page="/forgot-password", email=email, **more)


def link():
    db.session.rollback()
    mail = people.mails("recovery")[-1]
    request = kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)
    written = kinds.compose(mail.kind, request)
    db.session.commit()
    return re.search(r"/recover/[\w-]+", written.text)[0]


def choose(client, path, password=OTHER_PASSWORD, again=None, **more):
    fields = {"password": password, "password_confirm": again or password}
    return send(client, path, page="/login", **fields, **more)


def answer_of(app, email):
    """Everything a visitor sees, without what is new on each visit."""
    client = Browser(app, app.response_class)
    answer = ask(client, email)
    page = client.get(answer.location)
    headers = [(k, "" if k == "Set-Cookie" else v) for k, v in answer.headers]
    return answer.status_code, headers, re.sub(r'value="[^"]+"', "", answer.text + page.text)


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_every_page_is_sound(client, locale):
    people.omid()
    ask(client)
    good = link()
    for path in ("/forgot-password", "/forgot-password/asked", "/recover/unknown", good):
        answer = client.get(f"{path}?lang={locale}")
        assert problems(answer.text, locale) == [], path


def test_the_sign_in_page_leads_here(client):
    assert 'href="/forgot-password"' in client.get("/login").text


def test_unknown_waiting_active_and_disabled_addresses_get_one_answer(app):
    people.omid()
    people.register("waits@example.com")
    people.omid("disabled@example.com").state = UserState.DISABLED
    db.session.commit()
    known = answer_of(app, "omid@example.com")
    assert known[0] == 303
    for email in ("nobody@example.com", "waits@example.com", "disabled@example.com"):
        assert answer_of(app, email) == known


def test_the_journey(client):
    people.omid()
    ask(client)
    path = link()
    page = client.get(path)
    assert page.status_code == 200
    assert "omid@example.com" in page.text
    answer = choose(client, path)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert client.get("/account").status_code == 303, "nobody is signed in by a link"
    assert client.get(path).status_code == 404
    send(client, "/login", page="/login", email="omid@example.com", password=OTHER_PASSWORD)
    assert client.get("/account").status_code == 200


def test_opening_the_link_changes_nothing(client):
    people.omid()
    ask(client)
    path = link()
    for _time in range(3):
        client.get(path)
        client.head(path)
        client.options(path)
    assert choose(client, path).status_code == 303


@pytest.mark.parametrize(
    ("password", "again"),
    [
        ("", ""),
        ("short", None),
        ("password2024!", None),
        (OTHER_PASSWORD, PASSWORD),
        ("x" * 1100, None),
        ("a\x00b" * 10, None),
        ([OTHER_PASSWORD, PASSWORD], OTHER_PASSWORD),
    ],
)
def test_a_wrong_password_is_refused_with_words(client, password, again):
    people.omid()
    ask(client)
    path = link()
    answer = choose(client, path, password, again)
    assert answer.status_code == 422
    assert problems(answer.text, "fa") == []
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("stranger", ["email", "user_id", "role", "is_admin"])
def test_a_form_with_an_unknown_field_is_refused(client, stranger):
    people.omid()
    ask(client)
    assert choose(client, link(), **{stranger: "1"}).status_code == 422


@pytest.mark.parametrize(
    "email",
    [
        "",
        "omid",
        "a@example.com,b@example.com",
        ["omid@example.com", "eve@example.com"],
        "omid@example.com\r\nBcc: eve@example.com",
        "omid\x00@example.com",
        "x" * 100_000,
    ],
)
def test_hostile_addresses_are_refused_and_nothing_is_sent(client, email):
    people.omid()
    answer = ask(client, email)
    assert 400 <= answer.status_code < 500
    assert problems(answer.text, "fa") == []
    assert people.mails("recovery") == []


@pytest.mark.parametrize("path", ["/recover/%00", "/recover/%ff", "/recover/" + "x" * 3000])
def test_an_address_that_cannot_be_read_is_no_crash(client, path):
    assert client.get(path).status_code == 404
    assert choose(client, path).status_code == 404


def test_too_often_says_how_long_and_keeps_what_was_typed(client, configure, monkeypatch):
    configure(rate_limits=True)
    one = Limit("recover.address", 1, limits.RECOVER_PER_ADDRESS.per)
    monkeypatch.setattr(limits, "RECOVER_PER_ADDRESS", one)
    ask(client)
    answer = ask(client)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "omid@example.com" in answer.text


def test_the_host_of_the_link_is_configured_never_claimed(client):
    people.omid()
    answer = client.post("/forgot-password", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert [mail for mail in people.mails("recovery") if mail.state == OutboxState.QUEUED] == []


@pytest.mark.parametrize("door", ["recover", "invitations"])
def test_the_log_shows_no_link(door):
    assert log.hide_secrets(f"GET /{door}/s3cret?lang=en") == f"GET /{door}/…?lang=en"
