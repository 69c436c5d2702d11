"""Every page in Chromium: axe finds nothing, nothing scrolls sideways, no policy is broken."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

PUBLIC = [
    "/login",
    "/register",
    "/register/disowned",
    "/activate/unknown",
    "/forgot-password",
    "/forgot-password/asked",
    "/recover/unknown",
    "/invitations/unknown",
    "/address/unknown",
    "/keep-account/unknown",
    "/no-such-page",
    "/dev/mail",
]
PANEL = [
    "/system/",
    "/system/smtp",
    "/system/smtp/help",
    "/system/smtp/deliverability",
    "/system/smtp/drill",
    "/system/outbox",
    "/account",
    "/account/second-factor",
    "/account/second-factor/enrolments/new",
    "/account/details",
    "/account/password",
    "/account/address",
    "/account/sessions",
    "/account/deletion",
    "/system/users",
    "/system/users/pending",
    "/system/users/new",
    "/system/languages",
    "/system/languages/ar",
    "/system/users/1",
    "/system/users/deeds/sign-out?id=1",
    "/system/outbox?q=nobody@example.com",
    "/system/settings",
    "/system/audit",
    "/dev/diagnoses",
    "/dev/diagnoses/tls.self_signed",
    "/system/no-such-page",
]
LOOKS = [
    ("fa", "desktop", "light"),
    ("fa", "phone", "dark"),
    ("en", "desktop", "dark"),
    ("en", "phone", "light"),
]


@pytest.mark.parametrize(("locale", "device", "scheme"), LOOKS)
def test_the_pages_for_everybody(
    visit: Callable[..., Visitor], locale: str, device: str, scheme: str
) -> None:
    visitor = visit(locale, device, color_scheme=scheme)
    for path in PUBLIC:
        visitor.open(path)
        if device == "desktop":
            visitor.look_at_320_pixels()


@pytest.mark.parametrize(("locale", "device", "scheme"), LOOKS)
def test_the_pages_of_an_administrator(
    visit: Callable[..., Visitor], locale: str, device: str, scheme: str
) -> None:
    nika = visit(locale, device, color_scheme=scheme).sign_in()
    for path in PANEL:
        nika.open(path)
        # Not on the phone, which shrinks a page that is too wide.
        if device == "desktop":
            nika.look_at_320_pixels()


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_at_320_pixels_the_bar_without_its_words_is_sound(
    visit: Callable[..., Visitor], locale: str
) -> None:
    narrow = {"width": 320, "height": 800}
    visit(locale, viewport=narrow).look_over().sign_in().open("/system/smtp")


def test_every_help_opens_without_script(visit: Callable[..., Visitor]) -> None:
    nika = visit("fa", "desktop", java_script_enabled=False)
    nika.page.fill("[name=email]", "nika@example.com")
    nika.page.fill("[name=password]", "four words that nobody joins")
    nika.page.locator("main form [type=submit]").first.click()
    nika.page.wait_for_url("**/system/")
    nika.page.goto(f"{nika.url}/system/smtp")
    questions = nika.page.locator("details.help > summary:visible")
    assert questions.count() > 5
    for index in range(questions.count()):
        questions.nth(index).click()
        assert re.search(r"\w{3}", questions.nth(index).locator("xpath=../div").inner_text())
