"""A picture of every page: `make screenshots`, or `python -m tools.screenshots FOLDER`.

Persian and English, light and dark, on a desk and on a phone, with the world of the demo. The
pictures are WebP, so that all of them together stay small; a list of them is written beside.
"""

import base64
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tools import picture_list, showcase
from tools.showcase import Showcase
from tools.steps import ROOT

FOLDER = ROOT / "docs" / "screenshots"
WIDTHS = {"desk": 1440, "phone": 390}
LOCALES = ("fa", "en")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_HEIGHT, _LONGEST, _QUALITY = 900, 2000, 28
_CHROMIUM = "/usr/bin/chromium"
_PATIENCE_MS = 60_000
# Colours change with the next frame; a picture may only be taken of the one after it.
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

PUBLIC = {
    "sign-in": "/login",
    "register": "/register",
    "forgot-password": "/forgot-password",
    "link-unknown": "/activate/unknown",
    "not-found": "/no-such-page",
    "waiting": "/register/waiting",
}
PANEL = {
    "dashboard": "/system/",
    "smtp": "/system/smtp",
    "smtp-test": "/system/smtp#connection-test",
    "deliverability": "/system/smtp/deliverability",
    "drill": "/system/smtp/drill",
    "outbox": "/system/outbox",
    "outbox-nothing": "/system/outbox?q=nobody@example.org",
    "outbox-ask": "/system/outbox/deeds?deed=retry&all=y",
    "mail": "/system/outbox?state=failed",
    "users": "/system/users",
    "user": "/system/users?role=admin",
    "pending": "/system/users/pending",
    "pending-one": "/system/users/pending?mail=failed",
    "user-new": "/system/users/new",
    "settings": "/system/settings",
    "audit": "/system/audit",
    "languages": "/system/languages",
    "account": "/account",
    "sessions": "/account/sessions",
    "second-factor": "/account/second-factor",
}


def _first(page: Page) -> None:
    """Open the first row of a list."""
    with page.expect_navigation():
        page.locator("main td.c-to a").first.click()


def _test(page: Page) -> None:
    """Test the primary server, which refuses everybody."""
    page.locator("[data-test=primary]").first.click()
    page.wait_for_selector("[data-test-result] .notice:visible")


# Of some only a part is taken.
PARTS = {"smtp-test": "[data-test-panel]"}
# What is done on a page before its picture is taken.
DEEDS: dict[str, Callable[[Page], None]] = {
    "mail": _first,
    "user": _first,
    "pending-one": _first,
    "smtp-test": _test,
}


@dataclass(frozen=True, slots=True)
class Guests:
    """Who looks, in one language: somebody who has registered, and the administrator."""

    locale: str
    newcomer: StorageState
    admin: StorageState


@dataclass(slots=True)
class Album:
    """The folder, and how each page is called in each language."""

    folder: Path
    titles: dict[str, dict[str, str]] = field(default_factory=dict)


def main(folder: Path) -> None:
    """Take all of them, and write the list."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    album = Album(folder)
    with showcase.running() as show, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        for locale in LOCALES:
            _take_all(browser, show, album, _welcome(browser, show, locale))
    picture_list.write(folder, album.titles, LOCALES, THEMES, tuple(WIDTHS))
    sizes = [path.stat().st_size for path in folder.glob("*.webp")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB, in {folder}")


def _welcome(browser: Browser, show: Showcase, locale: str) -> Guests:
    """Register somebody and let the administrator in, once for all pictures of a language."""
    states = []
    for enter in (_register, _sign_in):
        with _window(browser, show) as context:
            page = context.new_page()
            page.goto(f"/login?lang={locale}")
            _speak(page, locale)
            enter(page, show, locale)
            _speak(page, locale)
            states.append(context.storage_state())
    return Guests(locale, *states)


def _speak(page: Page, locale: str) -> None:
    """Choose the language: of this browser, or of the account that is signed in."""
    if page.get_attribute("html", "lang") != locale:
        switch = f"form:has([name=locale][value={locale}]) button"
        with page.expect_navigation():
            page.locator(switch).first.evaluate("button => button.click()")


def _register(page: Page, _show: Showcase, locale: str) -> None:
    """Ask for an account, to see what somebody sees who waits for the mail."""
    page.goto("/register")
    page.fill("[name=name]", "سارا احمدی" if locale == "fa" else "Sara Ahmadi")
    page.fill("[name=email]", f"sara.ahmadi.{locale}@example.com")
    for name in ("password", "password_confirm"):
        page.fill(f"[name={name}]", "kaftar-e abi dar baran")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/register/waiting**")


def _sign_in(page: Page, show: Showcase, _locale: str) -> None:
    page.goto("/login")
    page.fill("[name=email]", show.address)
    page.fill("[name=password]", show.password)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/system/")


def _take_all(browser: Browser, show: Showcase, album: Album, guests: Guests) -> None:
    """Walk through all pages once, and take each in every look."""
    for state, pages in ((guests.newcomer, PUBLIC), (guests.admin, PANEL)):
        with _window(browser, show, state) as context:
            page = context.new_page()
            for name in _opened(page, pages):
                titles = album.titles.setdefault(name, {})
                titles[guests.locale] = page.locator("h1").first.inner_text()
                for device, width in WIDTHS.items():
                    _take_both(page, name, width, album.folder / f"{name}.{guests.locale}", device)


def _opened(page: Page, pages: dict[str, str]) -> Iterator[str]:
    """Open one page after the other, and do there what is to be seen."""
    for name, path in pages.items():
        page.goto("about:blank")
        page.goto(path)
        if name in DEEDS:
            DEEDS[name](page)
        yield name


def _window(browser: Browser, show: Showcase, state: StorageState | None = None) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": WIDTHS["desk"], "height": _HEIGHT},
        reduced_motion="reduce",
        base_url=show.url,
        storage_state=state,
    )
    context.set_default_timeout(_PATIENCE_MS)
    return context


def _take_both(page: Page, name: str, width: int, stem: Path, device: str) -> None:
    """Take the page in both themes, down to a length at which nobody reads on, or its part."""
    page.set_viewport_size({"width": width, "height": _HEIGHT})
    page.evaluate("document.fonts.ready")
    whole = page.evaluate("document.documentElement.scrollHeight")
    height = whole if name in PARTS else max(_HEIGHT, min(whole, _LONGEST))
    # A bar that sticks to the end of the window would lie across the middle of the picture.
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    wanted: dict[str, object] = {"format": "webp", "quality": _QUALITY}
    if part := PARTS.get(name):
        wanted["clip"] = {**(page.locator(part).bounding_box() or {}), "scale": 1}
    debugger = page.context.new_cdp_session(page)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.evaluate(_DRAWN)
        taken = debugger.send("Page.captureScreenshot", wanted)
        Path(f"{stem}.{theme}.{device}.webp").write_bytes(base64.b64decode(taken["data"]))
    debugger.detach()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
