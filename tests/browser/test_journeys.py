"""The journeys of people, in a real browser, over real SMTP."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.live import Peyk
from tests.postbox import Postbox, Received

pytestmark = pytest.mark.browser

PASSPHRASE = "a courier with seven horses"
WAYS = [("fa", "desktop"), ("fa", "phone"), ("en", "desktop"), ("en", "phone")]


@pytest.mark.parametrize(("locale", "device"), WAYS)
def test_a_newcomer_registers_reads_the_mail_presses_the_button_and_is_in(
    visit: Callable[..., Visitor],
    peyk: Peyk,
    postbox: Postbox,
    locale: str,
    device: str,
    picture: Callable[[Visitor, str], None],
) -> None:
    address = f"sara-{locale}-{device}@example.com"
    sara = visit(locale, device)
    register(sara, address)
    picture(sara, f"waiting-{locale}-{device}")
    mail = mail_to(postbox, address)
    assert mail.mail["Content-Language"] == locale
    assert f'dir="{"rtl" if locale == "fa" else "ltr"}"' in mail.html
    sara.open(mail.link())
    picture(sara, f"activate-{locale}-{device}")
    opened_again = visit(locale, device).open(mail.link())
    opened_again.page.locator("main form [type=submit]").first.click()
    expect(opened_again.page).to_have_url(re.compile("/login"))
    opened_again.look_over()
    sara.sign_in(address, PASSPHRASE)
    expect(sara.page).to_have_url(re.compile("/account"))
    sara.look_over()
    sara.open(mail.link())
    assert sara.page.get_by_role("heading", level=1).count() == 1


def test_fetching_the_link_activates_nobody(
    visit: Callable[..., Visitor], postbox: Postbox
) -> None:
    address = "scanned@example.com"
    omid = visit("en")
    register(omid, address)
    link = mail_to(postbox, address).link()
    scanner = visit("en")
    for _ in range(3):
        scanner.open(link)
        scanner.page.wait_for_timeout(300)
    omid.sign_in(address, PASSPHRASE)
    expect(omid.page).to_have_url(re.compile("/register/waiting"))
    omid.page.goto(f"{omid.url}/account")
    expect(omid.page).to_have_url(re.compile("/login"))


def test_an_administrator_enters_both_servers_with_a_persian_keyboard(
    visit: Callable[..., Visitor],
    primary: Postbox,
    secondary: Postbox,
    picture: Callable[[Visitor, str], None],
) -> None:
    nika = visit("fa").sign_in()
    expect(nika.page).to_have_url(re.compile("/system/"))
    nika.look_over()
    picture(nika, "dashboard-fa")
    nika.page.locator("main").get_by_role("link", name=re.compile("تنظیمات SMTP")).first.click()
    nika.look_over()
    fill_servers(nika, primary, None)
    nika.page.fill("[name=primary-port]", "۷۰۰۰۰")
    nika.page.fill("[name=sender_name]", "پشتیبانی نمونه")
    save(nika)
    assert nika.page.locator("[name=primary-port]").get_attribute("aria-invalid") == "true"
    assert nika.page.input_value("[name=sender_name]") == "پشتیبانی نمونه"
    nika.look_over()
    picture(nika, "smtp-errors-fa")
    nika.page.fill("[name=primary-port]", persian(primary.port))
    switch(nika, "secondary-active", on=True)
    fill_server(nika, "secondary", secondary)
    nika.page.fill("[name=secondary-port]", persian(secondary.port))
    save(nika)
    assert nika.page.input_value("[name=primary-port]") == str(primary.port)
    nika.look_over()
    picture(nika, "smtp-saved-fa")


def test_when_the_primary_breaks_the_test_says_so_and_mail_goes_by_the_secondary(
    visit: Callable[..., Visitor],
    primary: Postbox,
    secondary: Postbox,
    picture: Callable[[Visitor, str], None],
    peyk: Peyk,
) -> None:
    nika = visit("fa")
    enter_servers(nika, primary, secondary)
    press_test(nika, "primary")
    expect(nika.page.locator("main")).to_contain_text("250", timeout=15_000)
    assert primary.messages[-1].recipient == "nika@example.com"
    picture(nika, "smtp-test-passed-fa")
    primary.say = {"GREETING": "554 5.7.1 out of order"}
    press_test(nika, "primary")
    expect(nika.page.locator("main")).to_contain_text("554 5.7.1", timeout=15_000)
    nika.look_over()
    picture(nika, "smtp-test-failed-fa")
    address = "by-the-secondary@example.com"
    register(visit("fa", "phone"), address)
    mail_to(secondary, address)
    assert "outcome=accepted" in peyk.log()
    assert not [one for one in primary.messages if one.recipient == address]


def test_the_language_switch_keeps_the_page(visit: Callable[..., Visitor]) -> None:
    sara = visit("fa")
    sara.open("/register")
    assert sara.page.get_attribute("html", "dir") == "rtl"
    sara.speak("en")
    expect(sara.page).to_have_url(re.compile("/register$"))
    assert sara.page.get_attribute("html", "dir") == "ltr"
    sara.look_over()


def enter_servers(nika: Visitor, primary: Postbox, secondary: Postbox | None = None) -> None:
    """Save these servers as the administrator."""
    nika.open("/system/smtp")
    if "/login" in nika.page.url:
        nika.sign_in().open("/system/smtp")
    fill_servers(nika, primary, secondary)
    save(nika)
    assert nika.page.locator("[aria-invalid=true]").count() == 0, nika.page.inner_text("main")


def fill_servers(nika: Visitor, primary: Postbox, secondary: Postbox | None) -> None:
    nika.page.fill("[name=sender_address]", "support@example.com")
    switch(nika, "smtp_active", on=True)
    switch(nika, "primary-active", on=True)
    fill_server(nika, "primary", primary)
    switch(nika, "secondary-active", on=secondary is not None)
    if secondary is not None:
        fill_server(nika, "secondary", secondary)


def fill_server(nika: Visitor, role: str, box: Postbox) -> None:
    nika.page.check(f"[name={role}-encryption][value=none]", force=True)
    # Two servers under one name would be warned of, as they fail together.
    nika.page.fill(f"[name={role}-host]", "localhost" if role == "secondary" else box.host)
    nika.page.fill(f"[name={role}-port]", str(box.port))
    switch(nika, f"{role}-requires_auth", on=False)


def switch(nika: Visitor, name: str, *, on: bool) -> None:
    nika.page.set_checked(f"[name={name}]", on, force=True)


def save(nika: Visitor) -> None:
    nika.page.locator(".savebar [type=submit]").first.click()
    nika.page.wait_for_load_state()


def press_test(nika: Visitor, role: str) -> None:
    nika.page.locator(f"[data-test={role}]").first.click()


def register(sara: Visitor, address: str) -> None:
    """Register and arrive at the waiting page."""
    sara.open("/register")
    sara.page.fill("[name=name]", "سارا احمدی")
    sara.page.fill("[name=email]", address)
    sara.page.fill("[name=password]", PASSPHRASE)
    sara.page.fill("[name=password_confirm]", PASSPHRASE)
    sara.page.locator("main form [type=submit]").first.click()
    expect(sara.page).to_have_url(re.compile("/register/waiting"))
    sara.look_over()


def mail_to(box: Postbox, address: str, seconds: float = 20) -> Received:
    """Wait for the mail to an address and return it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for received in list(box.messages):
            if received.recipient == address:
                return received
        time.sleep(0.05)
    raise AssertionError(f"no mail to {address}")


def persian(port: int) -> str:
    return str(port).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
