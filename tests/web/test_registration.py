import re
from datetime import timedelta

import pytest

from app.accounts import activation, limits
from app.accounts.models import ActivationToken, UserState
from app.core import clock
from app.core.rate_limit import Limit
from app.extensions import db
from tests import people
from tests.people import PASSWORD
from tests.pressing import send, token
from tests.web.browser import Browser

SARA = {
    "name": "سارا احمدی",
    "email": "sara@example.com",
    "password": PASSWORD,
    "password_confirm": PASSWORD,
}


def register(client, **changes):
    return send(client, "/register", **(SARA | changes))


def link(asked):
    return f"/activate/{people.issue(asked)}"


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_the_page_asks_for_three_things(client, lang):
    page = client.get(f"/register?lang={lang}")
    assert page.status_code == 200
    assert f'<html lang="{lang}"' in page.text
    for name in SARA:
        assert f'name="{name}"' in page.text


def test_registering_leads_to_the_waiting_page(client):
    answer = register(client)
    assert (answer.status_code, answer.location) == (303, "/register/waiting")
    page = client.get("/register/waiting")
    assert "sara@example.com" in page.text
    assert "ثبت‌نام شما ذخیره شد" in page.text


def answer_of(app, email):
    """Everything a visitor sees, without what is new on each visit."""
    client = Browser(app, app.response_class)
    answer = register(client, email=email)
    page = client.get("/register/waiting")
    state = client.get("/register/waiting/state")
    headers = [(k, "" if k == "Set-Cookie" else v) for k, v in answer.headers]
    cookies = sorted(cookie.key for cookie in client._cookies.values())
    bodies = [
        re.sub(r'value="[^"]+"', "", text.replace(email, "…")) for text in _texts(page, state)
    ]
    return answer.status_code, answer.text, headers, cookies, bodies


def _texts(*pages):
    return [page.text for page in pages]


def test_r08_new_waiting_active_and_disabled_addresses_get_one_answer(app, time_machine):
    people.register("pending@example.com")
    people.omid("active@example.com")
    people.omid("disabled@example.com").state = UserState.DISABLED
    people.nika("admin@example.com")
    db.session.commit()
    new = answer_of(app, "new@example.com")
    for email in ("pending", "active", "disabled", "admin"):
        assert answer_of(app, f"{email}@example.com") == new
    assert new[0] == 303


@pytest.mark.parametrize("email", ["sara@example.com", "omid@example.com"])
def test_r10_useful_errors_come_before_anybody_looks_who_is_known(app, client, email):
    people.omid()
    answer = register(client, email=email, password="password2024!", password_confirm="else")
    assert answer.status_code == 422
    assert 'href="#password"' in answer.text
    assert 'href="#password_confirm"' in answer.text
    assert SARA["name"] in answer.text
    assert email in answer.text
    assert "password2024!" not in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "www.example"},
        {"name": "http://example.com"},
        {"name": "me@example.com"},
        {"name": "سارا\u202eارس"},
        {"name": "a\nb"},
        {"name": "a\x00b"},
        {"email": ""},
        {"email": "sara"},
        {"email": "Sara <sara@example.com>"},
        {"email": "sara@example.com,eve@example.com"},
        {"email": "sara@localhost"},
        {"email": '"sara"@example.com'},
        {"email": "sara@[127.0.0.1]"},
        {"email": "a＠evil.com@example.com"},
        {"email": "sara@example.com\r\nBcc: eve@example.com"},
        {"email": "sara\x00@example.com"},
        {"email": "s" * 250 + "@example.com"},
        {"email": ["sara@example.com", "eve@example.com"]},
        {"password": [PASSWORD, PASSWORD]},
        {"password": "ق" * 513, "password_confirm": "ق" * 513},
        {"password": "short", "password_confirm": "short"},
        {"password": "\x00" * 12, "password_confirm": "\x00" * 12},
        {"name": "x" * 200_000},
    ],
)
def test_r35_hostile_or_wrong_input_is_refused_and_nothing_is_stored(client, changes):
    assert 400 <= register(client, **changes).status_code < 500
    assert people.attempts() == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=%ED%B2%80&email=sara%40example.com", "application/x-www-form-urlencoded"),
        (b"name=%FF%FE&email=%80", "application/x-www-form-urlencoded"),
        (b"name=" + b"x" * 1_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"name=x" for _time in range(5000)), "application/x-www-form-urlencoded"),
        (b'{"email": ["sara@example.com"]}', "application/json"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_r35_a_hostile_body_is_refused_and_nothing_is_stored(client, body, kind):
    sent = body if kind.endswith("json") else body + f"&csrf_token={token(client)}".encode()
    answer = client.post("/register", data=sent, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert people.attempts() == []


def test_nobody_registers_as_administrator(client):
    answer = register(client, role="admin", is_admin="1", state="active", id="7", user_id="7")
    assert answer.status_code == 422
    assert people.attempts() == []


@pytest.mark.parametrize(
    "path",
    ["/register", "/register/waiting/resend", "/register/waiting/address", "/activate/x"],
)
def test_r02_nothing_happens_without_the_token_of_the_form(client, path):
    assert client.post(path, data=SARA).status_code == 400
    assert people.attempts() == []


def test_too_many_registrations_keep_what_was_typed(client, configure, monkeypatch):
    configure(rate_limits=True)
    monkeypatch.setattr(limits, "REGISTER_PER_IP", Limit("few", 2, timedelta(hours=1)))
    answers = [register(client, email=f"sara{number}@example.com") for number in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 2 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert SARA["name"] in answers[-1].text


def test_the_waiting_page_needs_a_registration(client):
    assert client.get("/register/waiting").location == "/register"


def test_r14_resending_too_soon_says_how_long_to_wait(client, configure):
    configure(rate_limits=True)
    register(client)
    answer = send(client, "/register/waiting/resend")
    assert answer.status_code == 429
    assert "ثانیه" in answer.text


def test_r17_the_address_can_be_corrected(client):
    register(client, email="sara@exmaple.com")
    answer = send(client, "/register/waiting/address", email="sara@example.com")
    assert answer.status_code == 303
    assert [attempt.email for attempt in people.attempts()] == ["sara@example.com"]


def test_a_wrong_correction_is_shown_beside_its_field(client):
    register(client)
    answer = send(client, "/register/waiting/address", email="sara")
    assert answer.status_code == 422
    assert '<details class="more" open>' in answer.text


def test_the_waiting_page_says_when_the_registration_is_over(client):
    register(client)
    (attempt,) = people.attempts()
    activation.activate(people.issue(people.Asked("", attempt.id)), people.VISITOR)
    page = client.get("/register/waiting")
    assert page.status_code == 200
    assert 'href="/login"' in page.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("noise", ["", "?utm=1&fbclid=x"])
def test_r01_opening_the_link_activates_nobody(client, method, noise):
    address = link(people.register())
    for _time in range(3):
        assert client.open(address + noise, method=method).status_code == 200
    assert people.everybody() == []


def test_a_used_link_gets_a_friendly_page(client):
    address = link(people.register())
    send(client, address, page=address)
    page = client.get(address)
    assert page.status_code == 404
    assert 'href="/login"' in page.text
    assert send(client, address).status_code == 404


@pytest.mark.parametrize("end", ["x", "%00", "%ff", "a" * 3000])
def test_an_altered_link_gets_a_friendly_page(client, end):
    page = client.get(f"/activate/{end}")
    assert page.status_code == 404
    assert 'href="/register"' in page.text


def test_r07_an_expired_link_offers_a_fresh_mail_without_showing_the_address(client):
    address = link(people.register())
    yesterday = clock.now() - timedelta(days=1)
    db.session.execute(db.update(ActivationToken).values(expires_at=yesterday))
    db.session.commit()
    page = client.get(address)
    assert page.status_code == 410
    assert "sara@" not in page.text
    assert send(client, f"{address}/mail", email="eve@example.com").status_code == 400
    assert send(client, f"{address}/mail").status_code == 303
    assert people.mails()[-1].recipient == "sara@example.com"


@pytest.mark.parametrize("path", ["/register", "/register/waiting", "/login"])
def test_pages_with_personal_data_are_not_kept_by_browsers(client, path):
    register(client)
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_the_page_of_a_link_tells_no_other_site(client):
    page = client.get(link(people.register()))
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
