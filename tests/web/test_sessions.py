import re
from datetime import timedelta

import pytest

from app.accounts.models import UserState
from app.core import clock
from app.extensions import db
from tests import people
from tests.people import PASSWORD
from tests.pressing import send, token
from tests.web.browser import Browser


def sign_in(client, email="omid@example.com", password=PASSWORD, **fields):
    return send(client, "/login", page="/login", email=email, password=password, **fields)


def test_signing_in_leads_home(client):
    people.omid()
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").location == "/account"
    page = client.get("/account")
    assert "امید" in page.text
    assert "omid@example.com" in page.text


def test_everybody_who_may_not_enter_gets_one_answer(app):
    people.omid()
    people.omid("disabled@example.com").state = UserState.DISABLED
    people.register("pending@example.com")
    db.session.commit()
    answers = []
    for email, password in (
        ("nobody@example.com", PASSWORD),
        ("omid@example.com", "wrong"),
        ("disabled@example.com", PASSWORD),
        ("pending@example.com", "wrong"),
    ):
        client = Browser(app, app.response_class)
        form = token(client, "/login")
        data = {"csrf_token": form, "email": email, "password": password}
        answer = client.post("/login", data=data)
        shown = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text.replace(email, "…"))
        answers.append((answer.status_code, shown))
        assert client.get("/account").status_code == 303
    assert {status for status, _text in answers} == {422}
    assert len(set(answers)) == 1


def test_a_copied_cookie_is_worth_nothing_after_sign_out(app, client):
    people.omid()
    sign_in(client)
    copied = client.get_cookie("peyk").value
    answer = send(client, "/logout", page="/account")
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = Browser(app, app.response_class)
    thief.set_cookie("peyk", copied)
    assert thief.get("/account").status_code == 303
    assert "/login" in thief.get("/account").location


def test_signing_in_begins_a_new_session_with_a_new_form_token(client):
    people.omid()
    old = token(client, "/login")
    client.post(
        "/login", data={"csrf_token": old, "email": "omid@example.com", "password": PASSWORD}
    )
    assert client.post("/logout", data={"csrf_token": old}).status_code == 400
    assert client.get("/account").status_code == 200


def test_signing_in_again_ends_the_session_before(app, client):
    people.omid()
    sign_in(client)
    first = client.get_cookie("peyk").value
    send(client, "/login", page="/account", email="omid@example.com", password=PASSWORD)
    thief = Browser(app, app.response_class)
    thief.set_cookie("peyk", first)
    assert thief.get("/account").status_code == 303


def test_whoever_signs_in_is_welcomed_in_their_own_language(client):
    people.omid().delete_at = clock.now() + timedelta(days=3)
    db.session.commit()
    client.get("/login?lang=en")
    assert sign_in(client).status_code == 303
    with client.session_transaction() as session:
        ((_kind, said),) = session["_flashes"]
    assert said.startswith("خوش")


def test_the_number_of_a_user_is_not_in_the_cookie(client):
    people.omid()
    sign_in(client)
    with client.session_transaction() as session:
        assert len(session["_user_id"]) >= 43


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_the_door_moves_only_with_the_token_of_its_form(client, method, path):
    people.omid()
    sign_in(client)
    getattr(client, method)(path, data={"email": "omid@example.com", "password": PASSWORD})
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/account", "/account"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/logout", "/"),
        ("/nowhere", "/"),
    ],
)
def test_after_signing_in_one_stays_here(client, wanted, location):
    people.omid()
    assert sign_in(client, next=wanted).location == location


def test_a_page_for_people_asks_who_it_is_and_comes_back(client):
    people.omid()
    asked = client.get("/account")
    assert asked.location == "/login?next=/account"
    assert 'name="next" value="/account"' in client.get(asked.location).text


def cookies_of(answer):
    """What the answer says about each cookie, by name."""
    return {text.partition("=")[0]: text for text in answer.headers.getlist("Set-Cookie")}


def test_r51_remember_me_outlives_the_browser_in_a_cookie_of_its_own(client):
    people.omid()
    given = cookies_of(sign_in(client, remember="y"))
    assert "Max-Age=1209600" in given["peyk_remembered"]
    assert "Expires=" not in given["peyk"]


def test_r51_a_page_that_refreshes_itself_brings_no_browser_back(client):
    people.omid()
    sign_in(client, remember="y")
    client.delete_cookie("peyk")
    kept = client.get_cookie("peyk_remembered").value
    assert client.get("/account?part=live").status_code == 303
    assert client.get_cookie("peyk_remembered").value == kept
    assert client.get("/account").status_code == 200
    assert client.get_cookie("peyk_remembered").value != kept


def test_without_remember_me_the_cookie_ends_with_the_browser(client):
    people.omid()
    given = cookies_of(sign_in(client))
    assert "Expires=" not in given["peyk"]
    assert "peyk_remembered" not in given


def test_r60_the_cookies_are_for_the_server_alone(client):
    people.omid()
    given = cookies_of(sign_in(client, remember="y"))
    assert set(given) == {"peyk", "peyk_browser", "peyk_remembered"}
    assert all("HttpOnly" in text and "SameSite=" in text for text in given.values())
    assert "SameSite=Strict" in given["peyk_browser"]


def test_r60_over_https_every_cookie_is_for_this_host_alone(client, configure):
    configure(public_url="https://localhost")
    people.omid()
    given = cookies_of(sign_in(client, remember="y"))
    ours = {name: text for name, text in given.items() if name != "peyk"}
    assert set(ours) == {"__Host-peyk_browser", "__Host-peyk_remembered"}
    assert all("Secure" in text and "Path=/" in text for text in ours.values())


def test_the_sixth_wrong_try_has_to_wait(client, configure):
    configure(rate_limits=True)
    people.omid()
    statuses = [sign_in(client, password="wrong").status_code for _time in range(6)]
    assert statuses == [422] * 5 + [429]


def test_a_megabyte_of_password_is_refused_kindly(client):
    people.omid()
    assert sign_in(client, password="x" * 5000).status_code == 422
    assert sign_in(client, password="x" * 1_000_000).status_code == 413
