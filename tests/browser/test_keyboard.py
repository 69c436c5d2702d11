"""Journeys by keyboard alone: no pointer, no script's help; where one is can always be seen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_journeys import PASSPHRASE, enter_servers, mail_to
from tests.live import Peyk
from tests.postbox import Postbox

pytestmark = pytest.mark.browser

MOST_STEPS = 90
# Whether the focus is on what a selector names, and whether the eye can see that it is there.
_IS_THERE = "s => !!document.activeElement && document.activeElement.matches(s)"
_IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  const near = getComputedStyle(document.activeElement.parentElement);
  return [style, near].some(s => s.outlineStyle !== "none" || s.boxShadow !== "none");
}"""


def walk_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(_IS_THERE, selector):
            assert page.evaluate(_IS_SEEN), f"nobody sees that {selector} has the focus"
            return
    raise AssertionError(f"Tab never comes to {selector} on {page.url}")


def type_into(page: Page, selector: str, text: str) -> None:
    """Go to a field and write."""
    walk_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to a button and press it."""
    walk_to(page, selector)
    page.keyboard.press(key)
    page.wait_for_load_state()


def test_a_newcomer_registers_activates_and_signs_in(
    visit: Callable[..., Visitor], peyk: Peyk, primary: Postbox
) -> None:
    enter_servers(visit("en"), primary)
    address = "keyboard@example.com"
    page = visit("fa").open("/register").page
    type_into(page, "[name=name]", "سارا احمدی")
    type_into(page, "[name=email]", address)
    type_into(page, "[name=password]", PASSPHRASE)
    type_into(page, "[name=password_confirm]", PASSPHRASE)
    press(page, "main form [type=submit]")
    expect(page).to_have_url(f"{peyk.url}/register/waiting")
    another = visit("fa").page
    another.goto(mail_to(primary, address).link())
    press(another, "main form [type=submit]")
    another.goto(f"{peyk.url}/login")
    type_into(another, "[name=email]", address)
    type_into(another, "[name=password]", PASSPHRASE)
    another.keyboard.press("Enter")
    another.wait_for_url("**/account")


def test_an_administrator_tests_a_server_and_sends_a_mail_once_more(
    visit: Callable[..., Visitor], peyk: Peyk, primary: Postbox
) -> None:
    nika = visit("en")
    enter_servers(nika, primary)
    page = nika.open("/system/smtp").page
    press(page, "[data-test=primary]")
    expect(page.locator("main")).to_contain_text("250", timeout=15_000)
    page.goto(f"{peyk.url}/system/outbox")
    page.keyboard.press("Tab")
    assert page.evaluate(_IS_THERE, ".skip"), "the first step leads past the menu"
    page.keyboard.press("Enter")
    walk_to(page, "td.c-to a")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    press(page, "a[href*='deed=resend'], a[href*='/deeds?']")
    press(page, "main form [type=submit]")
    expect(page.locator(".flash, .notice")).not_to_have_count(0)
