"""What somebody typed whose session had ended is there again after signing in, except passwords."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app.accounts import kept_forms
from app.accounts.models import User
from app.accounts.session_models import KeptForm
from app.extensions import db
from app.mail.servers import servers
from app.web.visitors import lost_forms
from tests.page import problems, read
from tests.web import people

SECRET = "fanus-e darya"


def token(client, page):
    return read(client.get(page).text).values()["csrf_token"]


@pytest.fixture
def rested(omid, time_machine):
    """Omid, whose form has been open for so long that his session has ended; and its token."""
    before = token(omid, "/account/details")
    time_machine.pass_(hours=13)
    return omid, before


def send(client, csrf, **fields):
    return client.post("/account/details", data={"csrf_token": csrf, "locale": "fa", **fields})


def place_of(asked):
    """Where one comes after signing in."""
    return parse_qs(urlsplit(asked.location).query)["next"][0]


def sign_in(client, asked, email="omid@example.com"):
    """Sign in where one was sent; return the page to which that leads."""
    fields = {"email": email, "password": people.PASSWORD, "next": place_of(asked)}
    entered = client.post("/login", data={"csrf_token": token(client, asked.location), **fields})
    assert entered.status_code == 303
    return client.get(entered.location, follow_redirects=True)


def go_on(client, page, path="/account/details"):
    fields = read(page.text).values()
    names = ("csrf_token", lost_forms.HANDLE)
    return client.post(path, data={name: fields[name] for name in names})


def name():
    db.session.rollback()
    return db.session.scalars(db.select(User.name)).one()


def test_r53_what_was_typed_is_there_again_and_stored_only_when_it_is_sent_again(rested):
    omid, csrf = rested
    page = sign_in(omid, send(omid, csrf, name="امید نوری"))
    assert problems(page.text, "fa") == []
    again = go_on(omid, page)
    assert again.status_code == 422
    assert 'value="امید نوری"' in again.text
    assert "از سامانه خارج شده بودید" in again.text
    assert name() == "امید کریمی"
    assert send(omid, read(again.text).values()["csrf_token"], name="امید نوری").status_code == 303
    assert name() == "امید نوری"


def test_r53_no_password_is_kept(nika, time_machine):
    csrf = token(nika, "/system/smtp")
    time_machine.pass_(minutes=31)
    typed = {"sender_address": "support@example.com", "primary-password": SECRET}
    asked = nika.post("/system/smtp", data={"csrf_token": csrf, **typed})
    row = db.session.scalars(db.select(KeptForm)).one()
    handle = place_of(asked).partition("?")[0].rpartition("/")[2]
    pairs = kept_forms.take(row.session_id, "/system/smtp", handle)
    assert pairs == [("sender_address", "support@example.com")]


def test_a_form_that_was_given_back_saves_no_settings(nika, time_machine):
    csrf = token(nika, "/system/smtp")
    time_machine.pass_(minutes=31)
    typed = {"sender_address": "support@example.com", "secondary-encryption": "starttls"}
    asked = nika.post("/system/smtp", data={"csrf_token": csrf, **typed})
    again = go_on(nika, sign_in(nika, asked, "nika@example.com"), "/system/smtp")
    assert again.status_code == 422
    assert 'value="support@example.com"' in again.text
    assert servers.current().updated_at is None


def test_whoever_signs_in_instead_gets_nothing(app, rested):
    omid, csrf = rested
    people.nika(app)
    page = sign_in(omid, send(omid, csrf, name="امید نوری"), "nika@example.com")
    assert lost_forms.HANDLE not in page.text
    assert "امید نوری" not in page.text


def test_a_form_is_given_back_once(rested):
    omid, csrf = rested
    page = sign_in(omid, send(omid, csrf, name="امید نوری"))
    assert go_on(omid, page).status_code == 422
    assert go_on(omid, page).status_code == 409


def test_nothing_is_kept_for_strangers_and_for_those_who_signed_out(client, omid):
    csrf = token(omid, "/account/details")
    omid.post("/logout", data={"csrf_token": csrf})
    for one in (client, omid):
        csrf = token(one, "/login")
        assert send(one, csrf, name="x").location == "/login"
    assert db.session.scalars(db.select(KeptForm)).all() == []


def test_forms_with_text_are_kept(app):
    views = app.view_functions.items()
    assert {endpoint for endpoint, view in views if hasattr(view, "keeps_what_was_typed")} == {
        "profile.change_address",
        "profile.update",
        "settings.update",
        "smtp_settings.update",
        "users.invite",
    }
