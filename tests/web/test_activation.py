"""The page behind the link, and the code, in the browser that registered and in others."""

import re

import pytest

from app.extensions import db
from app.mail.models import OutboxState
from tests import people
from tests.accounts.test_typed_code import mailed, other, persian
from tests.needs import ROOT
from tests.page import problems, read
from tests.people import PASSWORD
from tests.pressing import send
from tests.web.browser import Browser

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
SARA = {
    "name": "سارا <b>احمدی",
    "email": "saraahmadi@example.com",
    "password": PASSWORD,
    "password_confirm": PASSWORD,
}


@pytest.fixture
def sara(app):
    """The browser in which Sara has registered."""
    client = Browser(app, app.response_class)
    client.environ_base["HTTP_USER_AGENT"] = ANDROID
    assert send(client, "/register", **SARA).status_code == 303
    return client


def asked():
    """Her attempt, without its handle."""
    (attempt,) = people.attempts()
    return people.Asked("", attempt.id)


def link():
    return f"/activate/{people.issue(asked())}"


def is_in(client):
    return client.get("/account").status_code == 200


def test_r12_one_press_in_the_same_browser_activates_and_signs_in(sara):
    address = link()
    page = sara.get(address)
    assert read(page.text).values().keys() == {"csrf_token", "next", "locale", "theme"}
    answer = send(sara, address, page=address)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "حساب کاربری شما فعال شد و وارد شده‌اید" in sara.get("/account").text


def test_r12_the_session_is_a_fresh_one(sara):
    before = sara.get_cookie("peyk").value
    address = link()
    send(sara, address, page=address)
    assert is_in(sara)
    copy = Browser(sara.application, sara.response_wrapper)
    copy.set_cookie("peyk", before)
    assert not is_in(copy)
    assert copy.get("/register/waiting/state").text.count("/login") == 1


def test_r01_opening_the_link_in_the_same_browser_signs_nobody_in(sara):
    address = link()
    for method in ("GET", "HEAD", "OPTIONS"):
        sara.open(address, method=method)
    assert not is_in(sara)
    assert people.everybody() == []


def test_r02_the_page_of_the_link_presses_nothing_by_itself(sara, client):
    address = link()
    for browser in (sara, client):
        page = browser.get(address).text
        assert not re.search("http-equiv|autosubmit|submit\\(", page)
        scripts = re.findall(r'<script src="([^"?]+)', page)
        assert scripts == ["/static/app.js"]
        script = (ROOT / "app" / "static" / "app.js").read_text("utf-8")
        assert not re.search(r"\.(?:submit|requestSubmit|click)\(", script)


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_r11_another_browser_is_shown_who_asked(sara, client, lang):
    page = client.get(f"{link()}?lang={lang}").text
    assert problems(page, lang) == []
    assert "سارا &lt;b&gt;احمدی" in page
    assert "sa•••@example.com" in page
    assert "saraahmadi@" not in page
    for word in ("Chrome", "Android", "<time"):
        assert word in page


def test_r11_another_browser_activates_and_signs_in_itself(sara, client):
    address = link()
    answer = send(client, address, page=address)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "حساب کاربری شما فعال شد" in client.get("/login").text
    assert len(people.everybody()) == 1
    assert not is_in(client)


def test_r11_this_was_not_me_deletes_the_registration(sara, client):
    address = link()
    assert client.get(f"{address}/objection").status_code == 405
    assert client.get(address).status_code == 200
    answer = send(client, f"{address}/objection", page=address)
    assert (answer.status_code, answer.location) == (303, "/register/disowned")
    assert people.attempts() == people.everybody() == []
    assert client.get(address).status_code == 404
    assert send(client, f"{address}/objection").status_code == 404


def test_r11_the_browser_that_registered_is_not_asked_whether_it_was_them(sara, client):
    address = link()
    assert "/objection" not in sara.get(address).text
    assert "/objection" in client.get(address).text


def test_r13_the_code_is_typed_where_one_waits(sara):
    field = read(sara.get("/register/waiting").text).by_id("code")
    assert (field.get("inputmode"), field.get("autocomplete"), field.get("dir")) == (
        "numeric",
        "one-time-code",
        "ltr",
    )
    code = mailed(asked())
    answer = send(sara, "/register/waiting/code", page="/register/waiting", code=persian(code))
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(sara)


def test_r13_a_refused_code_says_what_to_do(sara):
    code = mailed(asked())
    said = [type_(sara, other(code)) for _try in range(6)]
    assert {answer.status_code for answer in said} == {422}
    assert "این کد درست نیست" in said[0].text
    assert "این کد درست نیست" in said[4].text
    assert "چند بار نادرست" in said[5].text
    assert problems(said[0].text, "fa") == []
    assert not is_in(sara)


@pytest.mark.parametrize("typed", ["", "1234", "abcd-efgh", "1" * 9, "\x00", "x" * 70])
def test_r13_what_is_no_code_costs_no_try(sara, typed):
    code = mailed(asked())
    for _time in range(6):
        assert type_(sara, typed).status_code == 422
    assert type_(sara, code).status_code == 303


def test_r13_a_code_without_a_registration_leads_to_one(client):
    answer = type_(client, "12345678", page="/register")
    assert (answer.status_code, answer.location) == (303, "/register/waiting")


def type_(client, code, page="/register/waiting"):
    return send(client, "/register/waiting/code", page=page, code=code)


@pytest.fixture
def back(app, sara):
    """Another browser, in which Sara signs in before she has activated."""
    client = Browser(app, app.response_class)
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/register/waiting")
    return client


def sign_in(client, **changes):
    data = {"email": SARA["email"], "password": PASSWORD} | changes
    return send(client, "/login", page="/login", **data)


def test_r03_signing_in_before_activation_leads_to_the_page_that_waits(back):
    page = back.get("/register/waiting").text
    assert "حساب کاربری شما هنوز فعال نیست" in page
    assert SARA["email"] in page
    assert not is_in(back)


def test_r03_the_browser_that_came_back_may_do_all_that_the_first_one_could(sara, back):
    assert send(back, "/register/waiting/resend", page="/register/waiting").status_code == 303
    assert type_(back, mailed(asked())).location == "/"
    assert is_in(back)
    assert "/login" in sara.get("/register/waiting/state").text


def test_r03_a_wrong_password_hears_what_everybody_hears(app, sara):
    answers = []
    for email in (SARA["email"], "nobody@example.com"):
        client = Browser(app, app.response_class)
        answer = sign_in(client, email=email, password="wrong password")
        text = re.sub(r'value="[^"]*"', "", answer.text.replace(email, "…"))
        answers.append((answer.status_code, answer.headers.get("Location"), text))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


@pytest.mark.parametrize("lang", ["fa", "en"])
@pytest.mark.parametrize(
    ("disturbed", "state", "said"),
    [
        (True, OutboxState.QUEUED, {"fa": "ایمیل دیرتر می‌رسد", "en": "The mail will come later"}),
        (False, OutboxState.SENT, {"fa": "ایمیل در راه است", "en": "The mail is on its way"}),
        (
            False,
            OutboxState.FAILED,
            {"fa": "ایمیل هنوز ارسال نشده است", "en": "The mail has not been sent yet"},
        ),
    ],
)
def test_r21_every_state_of_the_mail_has_its_words(
    sara, monkeypatch, time_machine, disturbed, state, said, lang
):
    monkeypatch.setattr("app.mail.status.queries.is_disturbed", lambda: disturbed)
    people.mails()[0].state = state
    db.session.commit()
    time_machine.pass_(minutes=5)
    page = sara.get(f"/register/waiting?lang={lang}").text
    assert said[lang] in page
    assert problems(page, lang) == []
    assert said[lang] in sara.get("/register/waiting/state").text


def test_r21_without_script_one_looks_again_by_hand(sara):
    page = sara.get("/register/waiting").text
    by_hand = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert 'href="/register/waiting"' in by_hand[1]


def test_r21_an_outage_is_told_to_everybody(client, monkeypatch, time_machine):
    said = "ایمیل‌ها اکنون با تأخیر می‌رسد"
    monkeypatch.setattr("app.mail.status.queries.is_disturbed", lambda: False)
    assert said not in client.get("/register").text
    monkeypatch.setattr("app.mail.status.queries.is_disturbed", lambda: True)
    time_machine.pass_(seconds=5)
    assert said in client.get("/register").text


def test_r25_r26_what_a_server_said_is_not_for_visitors(sara, client):
    mail = people.mails()[0]
    mail.state, mail.last_outcome = OutboxState.FAILED, "recipient"
    db.session.commit()
    page = sara.get("/register/waiting").text + sara.get("/register/waiting/state").text
    assert "recipient" not in page
    assert "ناموفق" not in page


def test_r16_r20_a_registration_is_answered_without_asking_a_server(client, monkeypatch):
    def never(*_given):
        raise AssertionError("a request talked to a mail server")

    monkeypatch.setattr("app.mail.servers.connections.hand_over", never)
    monkeypatch.setattr("socket.create_connection", never)
    for _time in range(2):
        assert send(client, "/register", **SARA).location == "/register/waiting"
    assert len(people.attempts()) == 2
