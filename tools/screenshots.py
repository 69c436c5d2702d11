"""A picture of every page: `make screenshots`, or `python -m tools.screenshots FOLDER`.

Persian and English, light and dark, on a desk and on a phone, with the world of the demo. The
pictures are WebP, so that all of them together stay small.
"""

import base64
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools import showcase
from tools.showcase import Showcase
from tools.steps import ROOT

FOLDER = ROOT / "docs" / "screenshots"
WIDTHS = {"desk": 1440, "phone": 390}
LOCALES, THEMES = ("fa", "en"), ("light", "dark")
_HEIGHT, _LONGEST, _QUALITY = 900, 2600, 30
_CHROMIUM = "/usr/bin/chromium"

PUBLIC = {
    "sign-in": "/login",
    "register": "/register",
    "forgot-password": "/forgot-password",
    "link-unknown": "/activate/unknown",
    "not-found": "/no-such-page",
}
PANEL = {
    "dashboard": "/system/",
    "smtp": "/system/smtp",
    "deliverability": "/system/smtp/deliverability",
    "outbox": "/system/outbox",
    "outbox-nothing": "/system/outbox?q=nobody@example.org",
    "outbox-ask": "/system/outbox/deeds?deed=retry&all=y",
    "users": "/system/users",
    "users-pending": "/system/users/pending",
    "user-new": "/system/users/new",
    "settings": "/system/settings",
    "audit": "/system/audit",
    "languages": "/system/languages",
    "account": "/account",
    "sessions": "/account/sessions",
}
# The first row of a list leads to one thing.
FIRST_OF = {
    "mail": ("/system/outbox?state=failed", "main td.c-to a"),
    "user": ("/system/users", "main td.c-to a"),
    "pending": ("/system/users/pending", "main td.c-to a"),
}


def main(folder: Path) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    with showcase.running() as show, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        for locale in LOCALES:
            for theme in THEMES:
                _take_all(browser, show, folder, locale, theme)
    sizes = [path.stat().st_size for path in folder.glob("*.webp")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB, in {folder}")


def _take_all(browser: Browser, show: Showcase, folder: Path, locale: str, theme: str) -> None:
    """Walk through the pages once, and take each at both widths."""
    for device, width in WIDTHS.items():
        with browser.new_context(
            viewport={"width": width, "height": _HEIGHT},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            base_url=show.url,
        ) as context:
            for name, page in _pages(context, show, locale):
                _take(page, folder / f"{name}.{locale}.{theme}.{device}.webp")


def _pages(context: BrowserContext, show: Showcase, locale: str) -> Iterator[tuple[str, Page]]:
    page = context.new_page()
    page.goto(f"/login?lang={locale}")
    for name, path in PUBLIC.items():
        yield name, _open(page, path)
    yield "waiting", _register(page)
    _sign_in(page, show)
    for name, path in PANEL.items():
        if _exists(page, path):
            yield name, page
    for name, (path, link) in FIRST_OF.items():
        _open(page, path).locator(link).first.click()
        page.wait_for_load_state()
        yield name, page


def _open(page: Page, path: str) -> Page:
    page.goto(path)
    return page


def _exists(page: Page, path: str) -> bool:
    answer = page.goto(path)
    return answer is not None and answer.status == 200


def _register(page: Page) -> Page:
    """Ask for an account, to see what somebody sees who waits for the mail."""
    _open(page, "/register")
    page.fill("[name=name]", "سارا احمدی")
    page.fill("[name=email]", "sara.ahmadi@example.com")
    for name in ("password", "password_confirm"):
        page.fill(f"[name={name}]", "kaftar-e abi dar baran")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/register/waiting**")
    return page


def _sign_in(page: Page, show: Showcase) -> None:
    _open(page, "/login")
    page.fill("[name=email]", show.address)
    page.fill("[name=password]", show.password)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/system/")


def _take(page: Page, path: Path) -> None:
    """Take the whole page, down to a length at which nobody reads on."""
    page.evaluate("document.fonts.ready")
    width = page.viewport_size["width"] if page.viewport_size else WIDTHS["desk"]
    whole = page.evaluate("document.documentElement.scrollHeight")
    height = max(_HEIGHT, min(whole, _LONGEST))
    # A bar that sticks to the end of the window would lie across the middle of the picture.
    page.set_viewport_size({"width": width, "height": height})
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": _QUALITY}
    )
    page.set_viewport_size({"width": width, "height": _HEIGHT})
    path.write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
