"""Waiting for the mail and opening its account, in a real browser: also while mail is down."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_journeys import PASSPHRASE, mail_to, persian, register
from tests.postbox import Postbox

pytestmark = pytest.mark.browser

CODE = re.compile(r"\b\d{4}-\d{4}\b")
Picture = Callable[[Visitor, str], None]


@pytest.mark.parametrize(
    ("locale", "device", "scheme"), [("fa", "phone", "dark"), ("en", "desktop", "light")]
)
def test_r20_r21_r22_who_registers_while_mail_is_down_is_told_when_it_is_mended_and_gets_in(
    visit: Callable[..., Visitor],
    postbox: Postbox,
    send_through: Callable[..., None],
    picture: Picture,
    locale: str,
    device: str,
    scheme: str,
) -> None:
    send_through(postbox, smtp_active=False)
    address = f"patient-{locale}@example.com"
    sara = visit(locale, device, color_scheme=scheme)
    register(sara, address)
    expect(sara.page.locator("#mail-state .notice.warn")).to_be_visible()
    picture(sara, f"waiting-disturbed-{locale}")
    assert address not in [one.recipient for one in postbox.messages]
    send_through(postbox)
    mail = mail_to(postbox, address)
    # Nobody opens the page anew: it tells by itself.
    expect(sara.page.locator("#mail-state .notice.ok")).to_be_visible(timeout=20_000)
    sara.look_over()
    picture(sara, f"waiting-accepted-{locale}")
    sara.open(mail.link())
    sara.page.locator("main form [type=submit]").first.click()
    expect(sara.page).to_have_url(re.compile("/account$"))
    sara.look_over()
    assert [one.recipient for one in postbox.messages].count(address) == 1


def test_r03_r13_who_closed_the_page_finds_it_by_signing_in_and_types_the_code(
    visit: Callable[..., Visitor], postbox: Postbox, picture: Picture
) -> None:
    address = "forgetful@example.com"
    visitor = visit("fa", "phone")
    register(visitor, address)
    visitor.context.clear_cookies()
    visitor.page.goto(f"{visitor.url}/login?lang=fa")
    visitor.sign_in(address, PASSPHRASE)
    expect(visitor.page).to_have_url(re.compile("/register/waiting$"))
    visitor.look_over()
    picture(visitor, "waiting-found-again-fa")
    code = CODE.findall(mail_to(postbox, address).text)[0]
    type_code(visitor, "1234-1234")
    expect(visitor.page.locator("[name=code]")).to_be_focused()
    visitor.look_over()
    picture(visitor, "code-wrong-fa")
    type_code(visitor, "".join(map(persian, code.split("-"))))
    expect(visitor.page).to_have_url(re.compile("/account$"))


def test_r11_the_owner_of_the_address_says_that_it_was_not_them(
    visit: Callable[..., Visitor], postbox: Postbox, picture: Picture
) -> None:
    address = "somebody-else@example.com"
    stranger = visit("fa")
    register(stranger, address)
    owner = visit("fa", "phone").open(mail_to(postbox, address).link())
    expect(owner.page.locator("main")).to_contain_text("so•••@example.com")
    owner.page.locator("details.more summary").click()
    owner.look_over()
    picture(owner, "not-me-fa")
    owner.page.locator("details.more [type=submit]").click()
    expect(owner.page).to_have_url(re.compile("/register/disowned$"))
    owner.look_over()
    # The other page learns of it by itself and offers what is left to do.
    expect(stranger.page.locator("main a[href$='/register']")).to_be_visible(timeout=20_000)
    assert stranger.page.locator("[name=code]").count() == 0


def test_r12_r21_without_script_one_looks_again_by_hand_and_one_press_is_enough(
    visit: Callable[..., Visitor], postbox: Postbox
) -> None:
    address = "scriptless@example.com"
    sara = visit("en", java_script_enabled=False)
    sara.page.goto(f"{sara.url}/register")
    for name, text in (("name", "Sara"), ("email", address)):
        sara.page.fill(f"[name={name}]", text)
    for name in ("password", "password_confirm"):
        sara.page.fill(f"[name={name}]", PASSPHRASE)
    sara.page.locator("main form [type=submit]").first.click()
    link = mail_to(postbox, address).link()
    sara.page.get_by_role("link", name="Check again").click()
    expect(sara.page.locator("#mail-state .notice.ok")).to_be_visible()
    sara.page.goto(link)
    sara.page.locator("main form [type=submit]").first.click()
    expect(sara.page).to_have_url(re.compile("/account$"))


def type_code(visitor: Visitor, code: str) -> None:
    visitor.page.fill("[name=code]", code)
    visitor.page.locator("form[action$='/code'] [type=submit]").click()
    visitor.page.wait_for_load_state()
