"""Before a dangerous deed the password is asked for again; nothing that was typed is lost."""

import json
import re

import pytest

from app.accounts.models import User
from app.extensions import db
from app.mail.servers import servers
from tests.page import problems, read
from tests.web import people

PASSWORD = people.PASSWORD
SMTP_SECRET = "fanus-e darya"
# Before which deeds R53 wants the password; what else is dangerous is added here with its route.
DANGEROUS = {
    "audit.export",
    "connection_test.create",
    "connection_test.ports",
    "failover_drill.create",
    "outbox.export",
    "profile.change_address",
    "profile.delete",
    "settings.test_webhook",
    "settings.update",
    "smtp_settings.update",
    "smtp_suggestions.create",
    "users.act",
    "users.export",
    "users.invite",
}


@pytest.fixture
def later(nika, time_machine):
    """Nika, eleven minutes after she typed her password."""
    time_machine.moment = time_machine.now()
    time_machine.pass_(minutes=11)
    return nika


def settings(**changes):
    return {
        "sender_address": "support@example.com",
        "sender_name": "پشتیبانی",
        "smtp_active": "y",
        "primary-host": "mail.example.com",
        "primary-port": "587",
        "primary-encryption": "starttls",
        "primary-requires_auth": "y",
        "primary-username": "support@example.com",
        "primary-password": SMTP_SECRET,
        "primary-active": "y",
        "secondary-encryption": "starttls",
        **changes,
    }


def token(answer):
    return read(answer.text).values()["csrf_token"]


def post(client, path, data, page="/account/details"):
    return client.post(path, data={"csrf_token": token(client.get(page)), **data})


def answer(client, asked, password=PASSWORD, path="/system/smtp"):
    """Type the password into the page that asked for it."""
    values = read(asked.text).values()
    data = {"csrf_token": values["csrf_token"], "kept_form": values["kept_form"]}
    return client.post(path, data={**data, "kept_password": password})


def current():
    """The settings as they are in the database now."""
    db.session.rollback()
    return servers.current()


def test_r53_every_dangerous_deed_says_so(app):
    marked = {name for name, view in app.view_functions.items() if hasattr(view, "confirmed")}
    assert marked >= DANGEROUS


def test_r53_just_after_signing_in_nothing_is_asked(nika):
    assert post(nika, "/system/smtp", settings()).status_code == 303


def test_r53_the_deed_goes_on_with_all_that_was_typed(later):
    asked = post(later, "/system/smtp", settings())
    assert asked.status_code == 403
    assert not current().primary.host
    done = answer(later, asked)
    assert done.status_code == 303
    found = current()
    assert (found.primary.host, found.sender_name) == ("mail.example.com", "پشتیبانی")
    assert found.primary.password.reveal() == SMTP_SECRET


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_r53_the_page_that_asks_holds_nothing_of_the_form(later, locale):
    db.session.scalars(db.select(User)).one().locale = locale
    db.session.commit()
    asked = post(later, "/system/smtp", settings())
    assert problems(asked.text, locale) == []
    assert SMTP_SECRET not in asked.text
    assert "mail.example.com" not in asked.text


def test_r53_a_wrong_password_is_said_and_the_form_still_waits(later):
    asked = post(later, "/system/smtp", settings())
    wrong = answer(later, asked, "wrong")
    assert wrong.status_code == 422
    assert "wrong" not in read(wrong.text).values().values()
    assert not current().primary.host
    assert answer(later, wrong).status_code == 303
    assert current().primary.host == "mail.example.com"


def test_r53_faults_of_a_kept_form_are_shown_with_what_was_typed(later):
    done = answer(later, post(later, "/system/smtp", settings(**{"primary-port": "99999"})))
    assert done.status_code == 422
    assert "mail.example.com" in done.text
    assert SMTP_SECRET not in done.text


def test_r53_for_ten_minutes_after_that_nothing_is_asked(later, time_machine):
    answer(later, post(later, "/system/smtp", settings()))
    time_machine.pass_(minutes=9)
    again = settings(**{"primary-password": "", "sender_name": "Support"})
    assert post(later, "/system/smtp", again).status_code == 303
    time_machine.pass_(minutes=2)
    assert post(later, "/system/smtp", again).status_code == 403


def test_r53_a_form_is_carried_on_once(later):
    asked = post(later, "/system/smtp", settings())
    assert answer(later, asked).status_code == 303
    values = read(asked.text).values()
    form = {"csrf_token": token(later.get("/account/details")), "kept_form": values["kept_form"]}
    assert later.post("/system/smtp", data=form).status_code == 409


def test_r53_a_form_of_one_page_is_none_of_another(later):
    asked = post(later, "/system/smtp", settings())
    assert answer(later, asked, path="/account/deletion").status_code == 409


def test_r53_somebody_elses_form_is_worth_nothing(app, later):
    asked = post(later, "/system/smtp", settings())
    handle = read(asked.text).values()["kept_form"]
    other = people.nika_elsewhere(app)
    form = {"kept_form": handle, "kept_password": PASSWORD}
    assert post(other, "/system/smtp", form).status_code == 409
    assert not current().primary.host


def test_r53_harmless_deeds_ask_for_nothing(later):
    form = {"ids": str(db.session.scalars(db.select(User.id)).one())}
    assert post(later, "/system/users/deeds/sign-out", form).status_code == 303


@pytest.mark.parametrize("deed", ["disable", "promote", "demote", "activate", "delete"])
def test_r53_roles_and_accounts_are_dangerous(later, deed):
    assert post(later, f"/system/users/deeds/{deed}", {"ids": "1"}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/system/smtp/primary/tests",
        "/system/smtp/secondary/ports",
        "/system/smtp/suggestions",
        "/system/smtp/drill",
        "/system/users/new",
        "/system/users/export",
        "/system/outbox/export",
        "/account/address",
        "/account/deletion",
    ],
)
def test_r53_so_are_tests_invitations_exports_address_and_deletion(later, path):
    assert post(later, path, {}).status_code == 403


@pytest.mark.parametrize("path", ["primary/tests", "primary/ports", "suggestions", "drill"])
def test_r53_a_script_is_told_that_the_browser_has_to_ask(later, path):
    data = {"csrf_token": token(later.get("/account/details")), **settings()}
    headers = {"Accept": "application/x-ndjson"}
    told = later.post(f"/system/smtp/{path}", data=data, headers=headers)
    assert told.status_code == 403
    assert json.loads(told.text)["code"] == "in.confirm"


def test_r53_nobody_else_learns_that_there_is_something_to_confirm(client, omid, time_machine):
    time_machine.pass_(minutes=11)
    assert post(client, "/system/smtp", settings(), page="/login").status_code == 303
    assert post(omid, "/system/smtp", settings()).status_code == 404


def test_r48_confirming_changes_the_cookie(later):
    before = later.get_cookie("peyk").value
    answer(later, post(later, "/system/smtp", settings()))
    later_cookie = later.get_cookie("peyk").value
    assert before != later_cookie
    later.set_cookie("peyk", before)
    assert later.get("/account").status_code == 303


def test_r53_too_many_wrong_passwords_have_to_wait(later, configure):
    configure(rate_limits=True)
    asked = post(later, "/system/smtp", settings())
    for _time in range(5):
        assert answer(later, asked, "wrong").status_code == 422
    waiting = answer(later, asked)
    assert waiting.status_code == 429
    assert re.fullmatch(r"\d+", waiting.headers["Retry-After"])
