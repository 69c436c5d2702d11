"""Two steps in Chromium: an app is set up, signs in, is lost; the paper helps, the console too."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.accounts import users
from app.accounts.second_factor import totp
from app.core import addresses, audit
from tests.browser.conftest import Visitor
from tests.browser.test_people import submit
from tests.live import PASSWORD, Peyk

pytestmark = pytest.mark.browser

HOME = "/account/second-factor"


def code(secret: str, steps: int = 0) -> str:
    return totp.code(secret, totp.step_at(datetime.now(UTC)) + steps)


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """Set an app up page by page; return its secret and the recovery codes."""
    visitor.open(HOME)
    visitor.page.locator("main a[href*=enrolments]").first.click()
    visitor.look_over()
    visitor.page.fill("[name=password]", PASSWORD)
    submit(visitor)
    secret = visitor.page.locator("#secret").inner_text().replace(" ", "")
    visitor.page.fill("[name=code]", code(secret))
    submit(visitor)
    return secret, visitor.page.locator("#recovery-codes li").all_inner_texts()


@pytest.mark.parametrize(("locale", "device"), [("fa", "phone"), ("en", "desktop")])
def test_an_app_is_set_up_signs_in_and_is_lost(
    visit: Callable[..., Visitor], peyk: Peyk, inside: Flask, locale: str, device: str
) -> None:
    her = f"two-steps-{locale}@example.com"
    with inside.app_context():
        users.create_admin(addresses.parse(her), "Nika", PASSWORD, audit.CONSOLE)
    nika = visit(locale, device).sign_in(her)
    secret, paper = set_up(nika)
    nika.open("/account")
    submit(nika)  # sign out
    nika.sign_in(her)
    expect(nika.page).to_have_url(re.compile("/login/code"))
    nika.look_over()
    nika.page.fill("[name=code]", "000000")
    submit(nika)
    expect(nika.page.locator(".error")).to_be_visible()
    # The code of the set-up is used up; the app shows the next one in half a minute.
    nika.page.fill("[name=code]", code(secret, 1))
    submit(nika)
    expect(nika.page).to_have_url(re.compile("/system/"))
    other = visit(locale, device).sign_in(her)
    other.page.locator("a[href*=recovery-code]").click()
    other.look_over()
    other.page.fill("[name=code]", paper[0].upper())
    submit(other)
    expect(other.page).to_have_url(re.compile("/system/"))
    peyk.command("users", "reset-second-factor", her)
    other.sign_in(her)
    expect(other.page).to_have_url(re.compile("/system/"))
    assert secret not in peyk.log()


def test_the_page_says_while_one_types_what_a_password_is_worth(
    visit: Callable[..., Visitor],
) -> None:
    sara = visit("fa", "phone").open("/register")
    asked: list[str] = []
    sara.page.on("request", lambda request: asked.append(request.url))
    field, word = sara.page.locator("[name=password]"), sara.page.locator(".estimate-word")
    expect(word).to_be_hidden()
    field.press_sequentially("سلام۱۲")
    expect(word).to_have_text("۶ نویسهٔ دیگر لازم است.")
    expect(sara.page.locator(".typed-hint")).to_contain_text("صفحه‌کلید روی حروف فارسی است.")
    field.fill("qwertyuiop12")
    expect(word).to_contain_text("به‌آسانی حدس زده می‌شود.")
    field.fill("correct horse battery staple")
    expect(word).to_have_text("قوی است.")
    expect(sara.page.locator("[data-estimate] [role=status]")).to_have_text("قوی است.")
    sara.look_over()
    # What judges comes once, from here; what is typed goes nowhere.
    assert [url for url in asked if "/static/js/estimate." not in url] == []


def test_whoever_has_to_is_led_to_the_app(visit: Callable[..., Visitor]) -> None:
    nika = visit("en", "phone").sign_in()
    nika.page.locator("#second-factor-reminder a").click()
    expect(nika.page).to_have_url(re.compile(HOME))
    nika.look_over()
