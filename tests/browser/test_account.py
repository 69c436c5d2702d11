"""One's own account on a phone, and the password once more before a dangerous deed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_journeys import PASSPHRASE, fill_servers, mail_to, register
from tests.browser.test_people import newest_mail, submit
from tests.live import PASSWORD, Peyk
from tests.postbox import Postbox

pytestmark = pytest.mark.browser

Picture = Callable[[Visitor, str], None]


def let_ten_minutes_pass(peyk: Peyk) -> None:
    """Nobody has typed a password lately."""
    with closing(sqlite3.connect(peyk.folder / "var" / "peyk.sqlite3")) as database, database:
        database.execute("UPDATE user_sessions SET confirmed_at = NULL")


def type_password(visitor: Visitor, password: str) -> None:
    """Answer the question that came in between."""
    visitor.look_over()
    visitor.page.fill("[name=kept_password]", password)
    visitor.page.locator("main form [type=submit]").last.click()
    visitor.page.wait_for_load_state()


def test_r34_a_new_address_is_confirmed_on_a_phone_and_taken_back_by_the_old_one(
    visit: Callable[..., Visitor], peyk: Peyk, postbox: Postbox, picture: Picture
) -> None:
    old, new = "omid-old@example.com", "omid-new@example.com"
    omid = visit("fa", "phone")
    register(omid, old)
    omid.open(mail_to(postbox, old).link())
    submit(omid)
    expect(omid.page).to_have_url(f"{omid.url}/account")
    let_ten_minutes_pass(peyk)
    omid.open("/account/address")
    omid.page.fill("[name=email]", new)
    omid.page.locator("main form [type=submit]").last.click()
    picture(omid, "confirmation-fa-phone")
    type_password(omid, PASSPHRASE)
    expect(omid.page.locator("main")).to_contain_text(new)
    picture(omid, "account-fa-phone")
    submit(omid.open(newest_mail(postbox, new, "/address/")))
    expect(omid.open("/account").page.locator("main")).to_contain_text(new)
    owner = visit("fa", "phone").open(newest_mail(postbox, old, "/address-undo/"))
    picture(owner, "address-undo-fa-phone")
    submit(owner)
    omid.page.goto(f"{omid.url}/account")
    expect(omid.page).to_have_url(f"{omid.url}/login?next=/account")
    assert newest_mail(postbox, old, "/recover/")


def test_r53_a_test_that_was_begun_goes_on_after_the_password(
    visit: Callable[..., Visitor], peyk: Peyk, primary: Postbox, picture: Picture
) -> None:
    nika = visit("fa").sign_in()
    nika.open("/system/smtp")
    fill_servers(nika, primary, None)
    let_ten_minutes_pass(peyk)
    nika.page.locator("[data-test]").first.click()
    nika.page.wait_for_selector("[name=kept_password]")
    picture(nika, "confirmation-fa-desktop")
    type_password(nika, "wrong")
    type_password(nika, PASSWORD)
    nika.look_over()
    expect(nika.page.locator("[name=primary-port]")).to_have_value(str(primary.port))
    assert primary.messages
