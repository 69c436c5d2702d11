"""The settings of the system: the page, and what follows from each of them."""

import json

import pytest
from sqlalchemy import select

from app.accounts import invitations
from app.core import addresses, site
from app.core.audit import CONSOLE
from app.extensions import db
from app.mail import kinds
from app.mail.models import OutboxMessage
from tests import people
from tests.core.test_site import change
from tests.page import problems, read
from tests.pressing import send
from tests.receiver import receiving

PAGE = "/system/settings"
SECRET = "a secret of the receiver"
FILLED = {
    "name_fa": "پشتیبانی پارس",
    "name_en": "Pars Support",
    "locale": "fa",
    "time_zone": "Asia/Tehran",
    "registration_open": "y",
    "link_hours": "24",
    "retention_days": "90",
    "webhook_url": "",
    "webhook_secret": "",
}
REGISTRATION = {
    "name": "سارا احمدی",
    "email": "sara@example.com",
    "password": "four words that nobody joins",
    "password_confirm": "four words that nobody joins",
}


def confirm(browser, **fields):
    filled = {**FILLED, **fields}
    sent = {name: value for name, value in filled.items() if value is not None}
    return send(browser, PAGE, **sent)


def test_what_is_confirmed_is_stored_and_shown(nika):
    assert confirm(nika, link_hours="۴۸", time_zone="europe/berlin").status_code == 303
    stored = site.read()
    assert stored.names == {"fa": "پشتیبانی پارس", "en": "Pars Support"}
    assert (stored.link_hours, stored.time_zone) == (48, "Europe/Berlin")
    assert stored.updated_by == "nika@example.com"
    shown = read(nika.get(PAGE).text).values()
    assert shown["name_fa"] == "پشتیبانی پارس"
    assert shown["link_hours"] == "48"


def test_the_name_stands_in_titles_and_mails_of_its_language(nika, client):
    confirm(nika, link_hours="48")
    assert "پشتیبانی پارس" in client.get("/login").text
    assert "Pars Support" in client.get("/login?lang=en").text
    people.register()
    mail = db.session.scalars(select(OutboxMessage)).one()
    request = kinds.MailRequest(mail.id, mail.about, mail.recipient, "en")
    written = kinds.compose(mail.kind, request)
    assert written
    assert "Pars Support" in written.text
    assert "2 days" in written.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_fa", "www.example.com"),
        ("name_en", "x" * 61),
        ("locale", "xx"),
        ("time_zone", "Asia/Nowhere"),
        ("time_zone", "../etc/passwd"),
        ("link_hours", "0"),
        ("link_hours", "۱۶۹"),
        ("retention_days", "many"),
        ("webhook_url", "ftp://monitor.example.com/"),
        ("webhook_url", "https://me:word@monitor.example.com/"),
        ("webhook_secret", "short"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_stored(nika, field, value):
    answer = confirm(nika, **{field: value, "name_en": value if field == "name_en" else "Kept"})
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.by_id(f"{field}-error")
    assert page.by_id("error-summary")
    assert site.read().updated_at is None
    assert problems(answer.text, "fa") == []
    if field != "name_en":
        assert page.values()["name_en"] == "Kept"


def test_an_address_without_a_secret_is_not_enough(nika):
    answer = confirm(nika, webhook_url="https://monitor.example.com/")
    assert answer.status_code == 422
    assert read(answer.text).by_id("webhook_secret-error")


def test_the_secret_never_comes_back(nika):
    filled = {"webhook_url": "https://monitor.example.com/", "webhook_secret": SECRET}
    assert confirm(nika, **filled).status_code == 303
    assert SECRET not in nika.get(PAGE).text
    assert SECRET not in confirm(nika, **filled, link_hours="0").text


def test_what_the_environment_fixes_is_locked_and_names_its_variable(nika, configure):
    configure(
        time_zone="Asia/Kabul",
        alert_webhook_url="https://fixed.example.com/",
        alert_webhook_secret=SECRET,
    )
    html = nika.get(PAGE).text
    for variable in ("PEYK_TIME_ZONE", "PEYK_ALERT_WEBHOOK_URL", "PEYK_ALERT_WEBHOOK_SECRET"):
        assert variable in html
    assert problems(html, "fa") == []
    assert confirm(nika, time_zone="Europe/Paris").status_code == 303
    assert site.read().time_zone == "Asia/Kabul"


def test_the_test_of_the_webhook_tells_the_receiver_in_the_form(nika):
    with receiving() as receiver:
        filled = {**FILLED, "webhook_url": receiver.url, "webhook_secret": SECRET}
        answer = send(nika, f"{PAGE}/webhook/tests", **filled)
    [(headers, body)] = receiver.received
    assert json.loads(body)["event"] == "alert.test"
    assert headers["X-Peyk-Signature"].startswith("sha256=")
    assert answer.status_code == 200
    assert "HTTP 200" in answer.text
    assert SECRET not in answer.text
    assert problems(answer.text, "fa") == []
    assert site.read().updated_at is None


def test_a_receiver_that_refuses_or_is_not_there_is_told_apart(nika):
    with receiving() as receiver:
        receiver.answers = [500]
        filled = {**FILLED, "webhook_url": receiver.url, "webhook_secret": SECRET}
        answer = send(nika, f"{PAGE}/webhook/tests", **filled)
        assert "HTTP 500" in answer.text
    gone = send(nika, f"{PAGE}/webhook/tests", **filled)
    assert "ConnectionRefusedError" in gone.text


def test_a_port_of_mail_is_not_called_for_an_administrator(nika):
    filled = {**FILLED, "webhook_url": "http://127.0.0.1:25/", "webhook_secret": SECRET}
    assert "Forbidden" in send(nika, f"{PAGE}/webhook/tests", **filled).text


def test_a_test_without_an_address_says_what_is_missing(nika):
    answer = send(nika, f"{PAGE}/webhook/tests", **{**FILLED, "link_hours": "0"})
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.by_id("webhook_url-error")
    assert page.by_id("link_hours-error") is None


def test_nobody_but_an_administrator_comes_here(omid, client):
    assert omid.get(PAGE).status_code == 404
    assert client.get(PAGE).status_code == 303


def test_closed_registration_has_its_own_page_and_no_way_leads_there(client):
    site.save(change(registration_open=False), CONSOLE)
    answer = client.get("/register")
    assert answer.status_code == 200
    assert read(answer.text).by_id("name") is None
    assert problems(answer.text, "fa") == []
    assert 'href="/register"' not in client.get("/login").text
    refused = send(client, "/register", **REGISTRATION)
    assert refused.status_code == 403


def test_the_default_language_is_that_of_a_visitor_who_has_chosen_none(client):
    site.save(change(locale="en"), CONSOLE)
    assert read(client.get("/login").text).root.all("html")[0].get("lang") == "en"
    assert read(client.get("/login?lang=fa").text).root.all("html")[0].get("lang") == "fa"


def test_an_invitation_goes_on_while_registration_is_closed(nika):
    site.save(change(registration_open=False), CONSOLE)
    address = addresses.parse("mina@example.com")
    assert invitations.invite(invitations.Invitee("مینا", address, "fa"), CONSOLE)
