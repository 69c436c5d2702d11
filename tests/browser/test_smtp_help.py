"""Help with SMTP in a real browser: what is wrong, what to do, one press; and who is told."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor
from tests.browser.test_journeys import (
    enter_servers,
    fill_server,
    fill_servers,
    mail_to,
    press_test,
    register,
    save,
    switch,
)
from tests.certificates import Authority
from tests.live import ADMIN, PASSWORD
from tests.postbox import Postbox

pytestmark = pytest.mark.browser

MAILBOX = "support@example.com"
SECRET = "key-of-the-mailbox"
REFUSAL = "535 5.7.8 authentication credentials invalid"


@pytest.fixture
def strict() -> Iterator[Postbox]:
    """A server that takes mail from one mailbox only, under its full address."""
    with Postbox(credentials=(MAILBOX, SECRET)) as box:
        yield box


@pytest.mark.parametrize(
    ("locale", "device", "scheme"), [("fa", "desktop", "light"), ("fa", "phone", "dark")]
)
def test_a_failed_test_says_what_to_do_and_one_press_mends_it(
    visit: Callable[..., Visitor],
    strict: Postbox,
    picture: Callable[[Visitor, str], None],
    locale: str,
    device: str,
    scheme: str,
) -> None:
    nika = signed_in(visit(locale, device, color_scheme=scheme)).open("/system/smtp")
    fill_with_sign_in(nika, "primary", strict, "support", SECRET)
    press_test(nika, "primary")
    result = result_of(nika)
    expect(result.locator(".notice.bad .result-meaning")).to_contain_text("نام کاربری")
    expect(result.locator(".result-advice")).to_contain_text(MAILBOX)
    user_name = nika.page.locator("[name=primary-username]")
    expect(user_name).to_have_attribute("aria-invalid", "true")
    # Heard: that it began, and one line for each step that was tried.
    expect(nika.page.locator("[data-lines-heard] p")).to_have_count(5)
    expect(result.locator(".result-words")).to_be_focused()
    open_everything(result)
    expect_report(result, strict)
    nika.look_over()
    picture(nika, f"smtp-help-{locale}-{device}-{scheme}")
    assert not strict.messages
    result.locator(".fixes button").first.click()
    expect(result.locator(".notice.ok")).to_be_visible()
    expect(user_name).to_have_value(MAILBOX)
    expect(user_name).not_to_have_attribute("aria-invalid", "true")
    assert strict.only().recipient == ADMIN
    nika.look_over()


@pytest.mark.parametrize(("locale", "device"), [("fa", "phone"), ("en", "desktop")])
def test_a_certificate_is_compared_and_ticked_before_it_is_trusted(
    visit: Callable[..., Visitor],
    tmp_path: Path,
    picture: Callable[[Visitor, str], None],
    locale: str,
    device: str,
) -> None:
    own = Authority(tmp_path).context("localhost", is_self_signed=True)
    with Postbox(tls=own, credentials=(MAILBOX, SECRET)) as box:
        nika = signed_in(visit(locale, device)).open("/system/smtp")
        fill_with_sign_in(nika, "primary", box, MAILBOX, SECRET)
        nika.page.fill("[name=primary-host]", "localhost")
        nika.page.check("[name=primary-encryption][value=starttls]", force=True)
        press_test(nika, "primary")
        result = result_of(nika)
        expect(result.locator(".result-words")).to_be_focused()
        open_everything(result)
        trust = result.locator(".belief button")
        expect(trust).to_be_disabled()
        nika.look_over()
        picture(nika, f"smtp-trust-{locale}-{device}")
        result.locator("[data-confirm]").check()
        trust.click()
        expect(result.locator(".notice.ok")).to_be_visible()
        assert box.only().recipient == ADMIN
    panel = nika.page.locator("[data-test-panel]")
    expect(panel).not_to_have_class(re.compile("is-stale"))
    nika.page.fill("[name=primary-username]", "other@example.com")
    expect(panel).to_have_class(re.compile("is-stale"))
    nika.look_over()


def test_the_help_of_a_field_opens_in_its_place(
    visit: Callable[..., Visitor], picture: Callable[[Visitor, str], None]
) -> None:
    nika = signed_in(visit("fa", "phone")).open("/system/smtp")
    for name in ("sender_address", "primary-host"):
        opened = nika.page.locator(f".field:has(#{name}) .help")
        opened.locator("summary").press("Enter")
        expect(opened.locator("a")).to_have_count(0)
        expect(opened).to_contain_text("صندوق" if name == "sender_address" else "SMTP")
    assert len(nika.page.context.pages) == 1
    nika.look_over()
    picture(nika, "smtp-field-help-fa-phone")


def test_without_script_the_same_help_comes_as_a_page(
    visit: Callable[..., Visitor], strict: Postbox
) -> None:
    nika = signed_in(visit("fa", java_script_enabled=False))
    nika.page.goto(f"{nika.url}/system/smtp")
    fill_with_sign_in(nika, "primary", strict, "support", SECRET)
    press_test(nika, "primary")
    result = result_of(nika)
    expect(nika.page.locator("[data-lines-steps] > li.fail")).to_contain_text("535 5.7.8")
    expect(result.locator(".result-advice")).to_contain_text(MAILBOX)
    expect(result.locator(".result-field a")).to_have_attribute("href", "#primary-username")
    open_everything(result)
    expect_report(result, strict)
    # A password is never sent back to a page, so it is typed once more.
    nika.page.fill("[name=primary-password]", SECRET)
    result.locator(".fixes button").first.click()
    expect(result.locator(".notice.ok")).to_be_visible()
    expect(nika.page.locator("[name=primary-username]")).to_have_value(MAILBOX)
    assert strict.only().recipient == ADMIN


def test_a_server_without_starttls_gets_a_fix_that_fits(
    visit: Callable[..., Visitor], primary: Postbox
) -> None:
    nika = signed_in(visit("en")).open("/system/smtp")
    fill_servers(nika, primary, None)
    nika.page.check("[name=primary-encryption][value=starttls]", force=True)
    press_test(nika, "primary")
    result = result_of(nika)
    expect(result.locator(".result-meaning")).to_contain_text("does not offer STARTTLS")
    expect(result.locator(".fixes button").first).to_have_text("Switch to SSL/TLS on port 465")
    result.locator(".fixes button").first.click()
    expect(nika.page.locator("[name=primary-port]")).to_have_value("465")
    expect(nika.page.locator("[name=primary-encryption][value=tls]")).to_be_checked()
    expect(result.locator(".result-meaning")).not_to_contain_text("does not offer STARTTLS")
    assert not primary.messages


def test_a_search_that_finds_nothing_says_so_soon_and_stores_nothing(
    visit: Callable[..., Visitor], picture: Callable[[Visitor, str], None]
) -> None:
    nika = signed_in(visit("en", "phone")).open("/system/smtp")
    stored = nika.page.input_value("[name=primary-host]")
    nika.page.fill("[name=sender_address]", "support@no-such-company.example")
    began = time.monotonic()
    nika.press("Find my settings")
    card = nika.page.locator("#discovery")
    expect(card.locator("[data-lines-state]")).not_to_be_empty()
    heading = card.locator("[data-lines-heading]")
    expect(heading).to_have_text(re.compile("No mail server was found"), timeout=16_000)
    assert time.monotonic() - began < 16
    expect(heading).to_be_focused()
    expect(card.locator("[data-lines-state]")).to_have_text(
        re.compile(r"(\d+) of \1 places checked, mail servers found: 0")
    )
    # Line by line it was filled to the end, and then put away.
    expect(card.locator("progress")).to_have_js_property("position", 1)
    expect(card.locator("progress")).to_be_hidden()
    expect(card.locator(".discover-result .notice.warn")).to_contain_text("ask the company")
    open_everything(card)
    expect(card.locator(".tried li").first).to_contain_text("no-such-company.example")
    expect(card.locator("#request-en")).to_contain_text("outgoing mail server (SMTP)")
    nika.look_over()
    picture(nika, "smtp-search-en-phone")
    nika.open("/system/smtp")
    expect(nika.page.locator("[name=primary-host]")).to_have_value(stored)
    expect(nika.page.locator("[name=sender_address]")).not_to_have_value(
        "support@no-such-company.example"
    )


def test_dead_mail_is_told_on_every_page_and_so_is_its_return(
    visit: Callable[..., Visitor],
    primary: Postbox,
    strict: Postbox,
    picture: Callable[[Visitor, str], None],
) -> None:
    nika = signed_in(visit("fa")).open("/system/smtp")
    with refusing() as other:
        save_with_wrong_passwords(nika, strict, other)
        register(visit("fa", "phone"), "told@example.com")
        shown = nika.page.locator(".banner.bad")
        wait_for_banner(nika, ".banner.bad")
        for path in pages_of_the_panel(nika):
            nika.open(path)
            expect(shown).to_have_count(1)
            expect(shown).to_contain_text("ایمیل")
        picture(nika, "alert-fa")
    enter_servers(nika, primary)
    mail_to(primary, "told@example.com")
    wait_for_banner(nika, ".banner.ok")
    nika.look_over()
    expect(shown).to_have_count(0)
    nika.page.locator(".banner.ok [data-dismiss]").click()
    expect(nika.page.locator(".banner.ok")).to_be_hidden()
    expect(nika.open("/system/").page.locator(".banner.ok:visible")).to_have_count(0)


@contextmanager
def refusing() -> Iterator[Postbox]:
    """A second server that refuses every sign-in."""
    with Postbox(credentials=("nobody", "nothing")) as box:
        yield box


def fill_with_sign_in(nika: Visitor, role: str, box: Postbox, user: str, password: str) -> None:
    """Type a server that wants a user name and a password."""
    nika.page.fill("[name=sender_address]", MAILBOX)
    switch(nika, f"{role}-active", on=True)
    fill_server(nika, role, box)
    switch(nika, f"{role}-requires_auth", on=True)
    nika.page.fill(f"[name={role}-username]", user)
    nika.page.fill(f"[name={role}-password]", password)


def save_with_wrong_passwords(nika: Visitor, first: Postbox, second: Postbox) -> None:
    switch(nika, "smtp_active", on=True)
    fill_with_sign_in(nika, "primary", first, MAILBOX, "an old password")
    fill_with_sign_in(nika, "secondary", second, MAILBOX, "an old password")
    save(nika)
    assert nika.page.locator("[aria-invalid=true]").count() == 0, nika.page.inner_text("main")


def signed_in(nika: Visitor) -> Visitor:
    """Sign in on the page where every visit begins; that page is looked over elsewhere."""
    nika.page.fill("[name=email]", ADMIN)
    nika.page.fill("[name=password]", PASSWORD)
    nika.page.locator("main form [type=submit]").first.click()
    nika.page.wait_for_url(re.compile("/system/"))
    return nika.speak(nika.locale)


def result_of(nika: Visitor) -> Locator:
    return nika.page.locator("#connection-test [data-lines-result]")


def open_everything(part: Locator) -> None:
    """Open all details that are there to be opened."""
    closed = part.locator("details:not([open]):visible > summary")
    while closed.count():
        closed.first.click()


def expect_report(result: Locator, box: Postbox) -> None:
    """Expect a text for the hosting company, in both languages, with what its support needs."""
    for locale in ("fa", "en"):
        report = result.locator(f".report[lang={locale}] pre")
        expect(report).to_be_visible()
        expect(report).to_contain_text(f"{box.host}:{box.port}")
        expect(report).to_contain_text(REFUSAL)
        expect(report).not_to_contain_text(SECRET)


def pages_of_the_panel(nika: Visitor) -> list[str]:
    """Return what the navigation leads to and only administrators see."""
    links = nika.page.locator('nav a[href^="/system/"]')
    paths = {link.get_attribute("href") or "" for link in links.all()}
    assert {"/system/", "/system/smtp"} <= paths
    return sorted(paths)


def wait_for_banner(nika: Visitor, selector: str, seconds: float = 20) -> None:
    """Look at the dashboard again and again until the banner is there."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        nika.page.goto(f"{nika.url}/system/")
        if nika.page.locator(selector).count():
            return
        time.sleep(0.3)
    raise AssertionError(f"no {selector}: {nika.page.inner_text('main')}")
