"""Chromium and a live Peyk; every page that a test opens is looked over."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from app import create_app
from app.config import Config
from app.extensions import db
from app.mail.engine import engine
from tests import needs
from tests.live import ADMIN, PASSWORD, Peyk, running_peyk
from tests.postbox import Postbox
from tests.serving import use

# Two cores may have other work: patience costs nothing where all is well.
expect.set_options(timeout=15_000)

DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
}
_LET_THE_BAR = """position => {
  scrollTo({top: 0, behavior: "instant"});
  for (const bar of document.querySelectorAll(".savebar")) bar.style.position = position;
}"""
# What the checker looks at, without the words: who has seen a skeleton need not look again.
_SKELETON = """() => [document.documentElement.lang, innerWidth, Object.values(
  document.documentElement.dataset), ...Array.from(document.querySelectorAll("*"), e =>
  [e.localName, e.className, ...["role", "aria-expanded", "hidden", "open", "disabled"]
  .map(name => e.getAttribute(name)), e.textContent.trim() !== ""])].join("|")"""
_SEEN: set[tuple[str, str]] = set()
_AXE = """async () => (await axe.run(document, {preload: false, resultTypes: ["violations"],
  runOnly: {type: "tag", values:
  ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}})).violations
  .map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", "))"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of the system."""
    path = needs.chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(path),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker."""
    return needs.axe()


@pytest.fixture(scope="session")
def peyk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peyk]:
    """One Peyk for all journeys; each uses addresses of its own."""
    with running_peyk(tmp_path_factory.mktemp("peyk")) as running:
        yield running


@pytest.fixture(scope="session")
def inside(peyk: Peyk) -> Iterator[Flask]:
    """The running Peyk as commands of the shell have it: its database, without its pages."""
    made = create_app(Config.from_environment(peyk.environment))
    yield made
    with made.app_context():
        engine.current().stop()
        db.engine.dispose()


@pytest.fixture
def send_through(inside: Flask) -> Callable[..., None]:
    """Save a server in a moment, for journeys that are not about the page of the settings."""

    def save(box: Postbox, **settings: Any) -> None:
        with inside.app_context():
            use(box, **settings)

    return save


@pytest.fixture
def postbox(primary: Postbox, send_through: Callable[..., None]) -> Postbox:
    """The server that Peyk sends its mail through."""
    send_through(primary)
    return primary


@dataclass
class Visitor:
    """Somebody at a browser, who notes everything that goes wrong behind the page."""

    context: BrowserContext
    page: Page
    url: str
    axe_source: str
    locale: str = "fa"
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Remember what the browser complains about; that a page answers 4xx is no complaint."""
        expected = re.search(r"Failed to load resource.* 4\d\d ", message.text)
        if message.type == "error" and not expected:
            self.complaints.append(message.text)

    def open(self, path: str) -> "Visitor":
        """Open a page and look it over."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self.look_over()

    def look_over(self) -> "Visitor":
        """Fail when axe finds something, when the page is wider than the window, or CSP broke."""
        found = self.axe()
        assert not found, f"{self.page.url}: {found}"
        self.expect_no_sideways_scrolling()
        assert not self.complaints, f"{self.page.url}: {self.complaints}"
        return self

    def look_at_320_pixels(self) -> "Visitor":
        """Fail when the page is wider than the narrowest window that anybody has."""
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": 320, "height": 800})
        self.expect_no_sideways_scrolling()
        self.page.set_viewport_size(size)
        return self

    def expect_no_sideways_scrolling(self) -> None:
        """Compare with the window that was asked for: a phone makes its own wider where it must."""
        size = self.page.viewport_size
        assert size is not None
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{self.page.url} scrolls sideways at {size['width']} pixels"

    def axe(self) -> list[str]:
        """Return what the accessibility checker finds on a page that is not like one before."""
        looks = self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        skeleton = (str(looks), self.page.evaluate(_SKELETON))
        if skeleton in _SEEN:
            return []
        # What lies under the bar that stays, until one scrolls, would be called too small.
        self.page.evaluate(_LET_THE_BAR, "static")
        # Through the debugger, which the policy of the page does not bind.
        self.page.evaluate(self.axe_source)
        found = list(self.page.evaluate(_AXE))
        self.page.evaluate(_LET_THE_BAR, "")
        if not found:
            _SEEN.add(skeleton)
        return found

    def press(self, name: str | re.Pattern[str]) -> "Visitor":
        """Press a button by its name."""
        self.page.get_by_role("button", name=name).first.click()
        return self

    def sign_in(self, address: str = ADMIN, password: str = PASSWORD) -> "Visitor":
        """Sign in on the sign-in page, where every visit begins."""
        if re.search(r"/login(\?|$)", self.page.url):
            self.look_over()
        else:
            self.open("/login")
        self.page.fill("[name=email]", address)
        self.page.fill("[name=password]", password)
        self.page.locator("main form [type=submit]").first.click()
        self.page.wait_for_load_state()
        return self.speak(self.locale)

    def speak(self, code: str) -> "Visitor":
        """Switch to a language: whoever is signed in has one with the account."""
        if self.page.locator("html").get_attribute("lang") != code:
            switch = f"form:has([name=locale][value={code}]) button"
            self.page.locator(switch).first.evaluate("button => button.click()")
            self.page.wait_for_selector(f"html[lang={code}]", state="attached")
        return self


@pytest.fixture
def visit(browser: Browser, peyk: Peyk, axe_source: str) -> Iterator[Callable[..., Visitor]]:
    """Open a browser window: `visit("fa", "phone")`."""
    contexts: list[BrowserContext] = []

    def visit(locale: str = "fa", device: str = "desktop", **options: object) -> Visitor:
        window: dict[str, Any] = {**DEVICES[device], **options}
        context = browser.new_context(**window)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        visitor = Visitor(context, page, peyk.url, axe_source, locale)
        page.on("console", visitor.hear)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.goto(f"{peyk.url}/login?lang={locale}")
        return visitor

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Visitor, str], None]:
    """Keep a picture of a page under test-results/."""

    def take(visitor: Visitor, name: str) -> None:
        folder = Path("test-results")
        folder.mkdir(exist_ok=True)
        size = visitor.page.viewport_size
        assert size is not None
        height = visitor.page.evaluate("document.documentElement.scrollHeight")
        # A bar that sticks to the end of the window would lie across the middle of the picture.
        visitor.page.set_viewport_size({"width": size["width"], "height": height})
        visitor.page.screenshot(path=folder / f"{name}.png")
        visitor.page.set_viewport_size(size)

    return take
