"""A password forgotten on a phone; an administrator who finds, opens by hand, invites."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_journeys import mail_to, register
from tests.live import Peyk
from tests.postbox import Postbox

pytestmark = pytest.mark.browser

NEW = "پنج کبوتر بر بام کاهگلی خانه"


def submit(visitor: Visitor) -> Visitor:
    """Press the button of the form and look the next page over."""
    visitor.page.locator("main form [type=submit]").last.click()
    visitor.page.wait_for_load_state()
    return visitor.look_over()


def choose(visitor: Visitor, link: str) -> None:
    """Choose a password behind a link."""
    visitor.open(link)
    visitor.page.fill("[name=password]", NEW)
    visitor.page.fill("[name=password_confirm]", NEW)
    submit(visitor)
    expect(visitor.page).to_have_url(re.compile("/login"))


def newest_mail(postbox: Postbox, address: str, word: str) -> str:
    """Wait for the mail to this address with this word in its link; return the link."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        for one in reversed(postbox.messages):
            if one.recipient == address and word in one.link():
                return one.link()
        time.sleep(0.2)
    raise AssertionError(f"no mail to {address}")


@pytest.mark.parametrize("device", ["phone"])
def test_whoever_forgot_the_password_gets_a_link_and_is_in_again(
    visit: Callable[..., Visitor],
    peyk: Peyk,
    postbox: Postbox,
    device: str,
    picture: Callable[[Visitor, str], None],
) -> None:
    address = "mahin@example.com"
    sara = visit("fa", device)
    register(sara, address)
    sara.open(mail_to(postbox, address).link())
    submit(sara)
    expect(sara.page).to_have_url(re.compile("/account"))
    sara.context.clear_cookies()
    sara.open("/login?lang=fa")
    sara.page.get_by_role("link", name="رمز عبور را فراموش کرده‌اید؟").click()
    sara.look_over()
    sara.page.fill("[name=email]", address)
    submit(sara)
    picture(sara, f"recovery-asked-fa-{device}")
    choose(sara, newest_mail(postbox, address, "/recover/"))
    sara.sign_in(address, NEW)
    expect(sara.page).to_have_url(re.compile("/account"))
    assert NEW not in peyk.log()


def test_an_administrator_finds_opens_by_hand_and_invites(
    visit: Callable[..., Visitor], postbox: Postbox, picture: Callable[[Visitor, str], None]
) -> None:
    nika = visit("fa", "phone")
    ali = visit("fa", "phone")
    ali.open("/register")
    ali.page.fill("[name=name]", "علی کریمی")
    ali.page.fill("[name=email]", "ali-karimi@example.com")
    ali.page.fill("[name=password]", NEW)
    ali.page.fill("[name=password_confirm]", NEW)
    submit(ali)
    nika.sign_in()
    nika.open("/system/users?q=علي كريمي")
    nika.page.locator(".empty a[href*=pending]").click()
    nika.look_over()
    nika.page.get_by_role("link", name="علی کریمی").click()
    nika.look_over()
    nika.page.get_by_role("link", name="فعال‌سازی دستی").click()
    nika.look_over()
    picture(nika, "activate-by-hand-fa-phone")
    submit(nika)
    ali.sign_in("ali-karimi@example.com", NEW)
    expect(ali.page).to_have_url(re.compile("/account"))
    nika.open("/system/users/new")
    nika.page.fill("[name=name]", "رستم فرخزاد")
    nika.page.fill("[name=email]", "rostam@example.com")
    submit(nika)
    rostam = visit("fa", "phone")
    choose(rostam, newest_mail(postbox, "rostam@example.com", "/invitations/"))
    rostam.sign_in("rostam@example.com", NEW)
    expect(rostam.page).to_have_url(re.compile("/account"))
