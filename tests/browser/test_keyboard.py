"""Journeys by keyboard alone: no pointer, and where one is can always be seen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_journeys import PASSPHRASE, mail_to, register
from tests.live import ADMIN, PASSWORD, Peyk
from tests.postbox import Postbox
from tests.programs import wait_until

pytestmark = pytest.mark.browser

MOST_STEPS = 120
# What has the focus, and whether the eye can see that: by an outline or a ring, on itself, on what
# it lies in, or on what stands for it; and not outside the window.
_WHERE = """selector => {
  const at = document.activeElement;
  const shown = [at, at.parentElement, at.closest("label")].filter(Boolean);
  const ring = e => { const s = getComputedStyle(e);
    return (s.outlineStyle !== "none" && s.outlineWidth !== "0px") || s.boxShadow !== "none"; };
  const box = at.getBoundingClientRect();
  const stuck = window.before === at;
  window.before = at;
  return {
    there: at.matches(selector), lost: at === document.body, stuck,
    name: at.outerHTML.slice(0, 90),
    seen: shown.some(ring) && box.bottom > 0 && box.top < innerHeight,
  };
}"""


def walk_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until the focus is there; every step on the way can be seen, and none is a trap."""
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        where = page.evaluate(_WHERE, selector)
        assert where["lost"] or where["seen"], f"nobody sees the focus on {where['name']}"
        assert where["lost"] or not where["stuck"], f"{where['name']} holds the focus"
        if where["there"]:
            return
    raise AssertionError(f"{key} never comes to {selector} on {page.url}")


def write(page: Page, selector: str, text: str) -> None:
    """Go to a field and write into it."""
    walk_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def follow(page: Page, selector: str) -> None:
    """Go to a link or a button and press Enter; the next page comes."""
    walk_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_an_administrator_signs_in_and_sets_the_servers_up(
    visit: Callable[..., Visitor], peyk: Peyk, primary: Postbox
) -> None:
    page = visit("fa").page
    page.goto(f"{peyk.url}/login")
    write(page, "[name=email]", ADMIN)
    write(page, "[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(_WHERE, ".skip")["seen"], "the first step leads past the menu"
    page.keyboard.press("Enter")
    follow(page, "main a[href='/system/smtp']")
    write(page, "[name=sender_address]", "support@example.com")
    write(page, "#primary-host", "127.0.0.1")
    write(page, "#primary-port", str(primary.port))
    walk_to(page, "[name=primary-encryption]")
    for _ in range(2):
        if not page.locator("[name=primary-encryption][value=none]").is_checked():
            page.keyboard.press("ArrowDown")
    assert page.locator("[name=primary-encryption][value=none]").is_checked()
    walk_to(page, "#primary-requires_auth")
    if page.locator("#primary-requires_auth").is_checked():
        page.keyboard.press("Space")
    walk_to(page, "[data-test=primary]")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("250", timeout=30_000)
    follow(page, ".savebar [type=submit]")
    expect(page.locator(".flash.ok")).to_be_visible()
    expect(page.locator("#primary-port")).to_have_value(str(primary.port))


def test_somebody_who_waits_is_found_and_activated_by_hand(
    visit: Callable[..., Visitor], peyk: Peyk, postbox: Postbox
) -> None:
    nika = visit("en").sign_in()
    register(visit("fa"), "keyboard@example.com")
    page = nika.page
    page.goto(f"{peyk.url}/system/users/pending")
    write(page, "[name=q]", "keyboard@")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    follow(page, "td.c-to a")
    follow(page, "a[href*='/deeds/activate']")
    follow(page, "main form [type=submit]")
    expect(page.locator(".flash.ok")).to_be_visible()
    guest = visit("fa").sign_in("keyboard@example.com", PASSPHRASE)
    expect(guest.page).to_have_url(re.compile("/account"))


def test_a_mail_is_sent_once_more(
    visit: Callable[..., Visitor], peyk: Peyk, postbox: Postbox
) -> None:
    nika = visit("en").sign_in()
    address = "once-more@example.com"
    register(visit("en"), address)
    mail_to(postbox, address)
    page = nika.page
    page.goto(f"{peyk.url}/system/outbox?q={address}&state=sent")
    while not page.locator("td.c-to a").count():
        page.wait_for_timeout(100)
        page.reload()
    follow(page, "td.c-to a")
    follow(page, "main a[href*='deed=resend']")
    follow(page, "main form [type=submit]")
    expect(page.locator(".flash.ok")).to_be_visible()
    wait_until(
        lambda: [one.recipient for one in postbox.messages].count(address) == 2,
        20,
        "the fresh mail is there",
    )


def test_language_and_theme_change_and_a_menu_gives_the_focus_back(
    visit: Callable[..., Visitor], peyk: Peyk
) -> None:
    page = visit("fa").page
    page.goto(f"{peyk.url}/login")
    walk_to(page, "[popovertarget=languages]")
    page.keyboard.press("Enter")
    expect(page.locator("#languages")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#languages")).to_be_hidden()
    assert page.evaluate(_WHERE, "[popovertarget=languages]")["there"]
    page.keyboard.press("Enter")
    follow(page, "#languages form:has([value=en]) button")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    follow(page, "form[action='/theme'] button")
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("dark|light"))
