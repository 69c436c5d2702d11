"""The page behind the link of an invitation."""

import re

import pytest

from app.accounts import invitations
from app.accounts.invitations import Invitee
from app.core import addresses, audit
from app.extensions import db
from app.i18n import locales
from app.mail import kinds
from tests import people
from tests.page import problems
from tests.people import PASSWORD
from tests.pressing import send


@pytest.fixture
def path(app):
    """The link of an invitation to Rostam."""
    people.nika()
    invitee = Invitee("رستم فرخزاد", addresses.parse("rostam@example.com"), "fa")
    invitations.invite(invitee, audit.CONSOLE)
    mail = people.mails("invitation")[-1]
    request = kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)
    written = kinds.compose(mail.kind, request)
    db.session.commit()
    return re.search(r"/invitations/[\w-]+", written.text)[0]


def choose(client, path, password=PASSWORD, again=None, **more):
    fields = {"password": password, "password_confirm": again or password}
    return send(client, path, page="/login", **fields, **more)


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_the_page_shows_who_is_invited(client, path, locale):
    page = client.get(f"{path}?lang={locale}")
    assert "رستم فرخزاد" in page.text
    assert "rostam@example.com" in page.text
    assert problems(page.text, locale) == []
    dead = client.get(f"/invitations/unknown?lang={locale}")
    assert dead.status_code == 404
    assert problems(dead.text, locale) == []


def test_a_password_opens_the_account_and_signs_nobody_in(client, path):
    answer = choose(client, path)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert client.get("/account").status_code == 303
    send(client, "/login", page="/login", email="rostam@example.com", password=PASSWORD)
    assert client.get("/account").status_code == 200
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"password": ""},
        {"password": "short"},
        {"password": "password2024!"},
        {"again": "something else here"},
        {"password": "a\x00b" * 10},
        {"role": "admin"},
        {"email": "eve@example.com"},
        {"name": "x"},
    ],
)
def test_anything_else_is_refused_with_words(client, path, fields):
    answer = choose(client, path, **fields)
    assert answer.status_code == 422
    assert problems(answer.text, "fa") == []
    assert client.get(path).status_code == 200


def test_an_expired_link_asks_for_a_fresh_mail(client, path, time_machine):
    time_machine.pass_(days=8)
    page = client.get(path)
    assert page.status_code == 410
    assert problems(page.text, "fa") == []
    assert send(client, f"{path}/mail", page="/login").status_code == 303
    db.session.rollback()
    assert len(people.mails("invitation")) == 2
    assert send(client, f"{path}/mail", page="/login", x="1").status_code == 400
