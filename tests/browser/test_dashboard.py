"""System management in a browser: it refreshes by itself, and nobody notices but by what is new."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visitor
from tests.live import Peyk

pytestmark = pytest.mark.browser

_NEVER = datetime.now(UTC) + timedelta(days=2)
_WATCH = """() => {
  window.same = true;
  window.changed = [];
  for (const e of document.querySelectorAll("#live *")) e.known = true;
  new MutationObserver((all) => window.changed.push(...all.map((one) =>
    (one.target.closest ? one.target : one.target.parentElement).closest("[id]").id)))
    .observe(document.getElementById("live"),
      {subtree: true, childList: true, attributes: true, characterData: true});
}"""


class World:
    """The database of the running Peyk."""

    def __init__(self, peyk: Peyk) -> None:
        self._path = peyk.folder / "var" / "peyk.sqlite3"

    def write(self, statement: str, *values: object) -> int:
        """Change a row as some other process would."""
        with closing(sqlite3.connect(self._path, timeout=20)) as connection, connection:
            return connection.execute(statement, values).lastrowid or 0

    def mail(self, name: str, state: str) -> None:
        """Add a registration whose mail stands so."""
        now, email = moment(datetime.now(UTC)), f"{name}@dashboard.example"
        number = self.write(
            "INSERT INTO pending_registrations (name, email, email_key, password_hash, locale,"
            " created_at, keep_until, handle_digest, occasion, mail_requested_at)"
            " VALUES (?, ?, ?, '', 'fa', ?, ?, ?, 1, ?)",
            *(name, email, email, now, moment(_NEVER), name, now),
        )
        outbox = self.write(
            "INSERT INTO outbox_messages (kind, about, recipient, recipient_key, locale,"
            " message_id, dedupe_key, state, created_at, due_at, expires_at, finished_at, claims,"
            " rounds, may_be_duplicate, last_outcome)"
            " VALUES ('activation', ?, ?, ?, 'fa', ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '')",
            *(number, email, email, name, name, state, now, moment(_NEVER), moment(_NEVER)),
            *(now if state == "failed" else None,),
        )
        self.write(
            "INSERT INTO delivery_attempts (outbox_id, at, server, host, stage, outcome, enhanced,"
            " reply, duration_ms, tls, may_be_duplicate, fate)"
            " VALUES (?, ?, 'primary', 'localhost', 'recipient', ?, '', '', 1, '', 0, ?)",
            *(outbox, now, "recipient" if state == "failed" else "recipient_temporary"),
            *("failed" if state == "failed" else "retry",),
        )

    def clean(self) -> None:
        """Take away what was added."""
        self.write(
            "DELETE FROM delivery_attempts WHERE outbox_id IN"
            " (SELECT id FROM outbox_messages WHERE recipient LIKE '%@dashboard.example')"
        )
        for table, column in (("outbox_messages", "recipient"), ("pending_registrations", "email")):
            self.write(f"DELETE FROM {table} WHERE {column} LIKE '%@dashboard.example'")  # noqa: S608


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


@pytest.fixture
def world(peyk: Peyk) -> Iterator[World]:
    world = World(peyk)
    world.clean()
    world.mail("sara", "queued")
    yield world
    world.clean()


@pytest.fixture
def nika(visit: Callable[..., Visitor], world: World) -> Visitor:
    """An administrator before the page, whose clock moves only when it is told to."""
    nika = visit("en")
    nika.sign_in()
    nika.page.clock.install()
    nika.open("/system/")
    nika.page.evaluate(_WATCH)
    return nika


def pass_time(nika: Visitor, seconds: int = 16) -> None:
    """Let the page's clock run, and wait for the answer that it asks for."""
    with nika.page.expect_response(lambda answer: "part=live" in answer.url):
        nika.page.clock.run_for(seconds * 1000)
    nika.page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")


def parts(nika: Visitor) -> dict[str, str]:
    """What stands on the page now, by the names of its parts."""
    everything = (
        "Object.fromEntries([...document.querySelectorAll('[id]')].map(e => [e.id, e.outerHTML]))"
    )
    return dict(nika.page.evaluate(everything))


def test_the_page_shows_what_changed_and_touches_nothing_else(nika: Visitor, world: World) -> None:
    nika.page.locator("#mail-numbers summary").click()
    tile = nika.page.locator("a.tile").first
    tile.focus()
    nika.page.evaluate("() => { window.changed.length = 0; }")
    before = parts(nika)
    world.mail("omid", "queued")
    pass_time(nika)
    expect(nika.page.locator("#waiters")).to_contain_text("omid@dashboard.example")
    assert nika.page.evaluate("document.activeElement.known && document.activeElement.className")
    assert nika.page.evaluate("document.getElementById('mail-numbers').open")
    assert nika.page.evaluate("document.getElementById('waiters').known")
    touched, after = set(nika.page.evaluate("window.changed")), parts(nika)
    assert "waiters" in touched
    assert not [name for name in touched if before.get(name) == after.get(name)]
    nika.look_over()


def test_when_nothing_changes_nothing_is_sent_and_nothing_moves(nika: Visitor) -> None:
    pass_time(nika)
    nika.page.evaluate("() => { window.changed.length = 0; }")
    with nika.page.expect_response(lambda answer: "part=live" in answer.url) as answered:
        nika.page.clock.run_for(16_000)
    assert answered.value.status == 304
    assert nika.page.evaluate("window.changed.length") == 0
    assert not nika.complaints


def test_news_are_said_once_to_those_who_do_not_see_them(nika: Visitor, world: World) -> None:
    news = nika.page.locator("[data-live-news]")
    world.mail("reza", "queued")
    pass_time(nika)
    expect(nika.page.locator("#waiters")).to_contain_text("reza@dashboard.example")
    expect(news).to_have_text("")
    world.mail("kaveh", "failed")
    pass_time(nika)
    expect(news).to_contain_text("given up in the last 24 hours")


def test_another_stretch_of_time_comes_without_another_page(nika: Visitor) -> None:
    nika.page.locator("a[data-span]", has_text="30 days").click()
    expect(nika.page.locator("#mail-title")).to_have_text("Mail of the last 30 days")
    assert "span=30d" in nika.page.url
    assert nika.page.evaluate("window.same")
    focused = "document.activeElement.getAttribute('aria-current')"
    assert nika.page.evaluate(focused) == "true"
    pass_time(nika)
    expect(nika.page.locator("#mail-title")).to_have_text("Mail of the last 30 days")
    nika.look_over()


def test_a_server_that_is_away_is_asked_less_and_less_often_and_taken_back(nika: Visitor) -> None:
    asked: list[str] = []

    def break_off(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    nika.page.route("**/system/?*part=live*", break_off)
    nika.page.clock.run_for(16_000)
    stale = nika.page.locator("[data-live-state=stale]")
    expect(stale).to_be_visible()
    nika.page.clock.run_for(20_000)
    assert len(asked) == 1
    nika.page.clock.run_for(15_000)
    nika.page.wait_for_timeout(200)
    assert len(asked) == 2
    nika.page.unroute("**/system/?*part=live*")
    pass_time(nika, 61)
    expect(stale).to_be_hidden()
    nika.complaints.clear()  # the browser itself says that it could not reach the server


def test_when_the_session_is_over_the_page_says_so_and_asks_no_more(nika: Visitor) -> None:
    nika.context.clear_cookies()
    pass_time(nika)
    expect(nika.page.locator("[data-live-state=over]")).to_be_visible()
    asked: list[str] = []
    nika.page.on("request", lambda request: asked.append(request.url))
    nika.page.clock.run_for(600_000)
    assert asked == []


def test_a_page_that_nobody_looks_at_asks_for_nothing(nika: Visitor) -> None:
    nika.page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    asked: list[str] = []
    nika.page.on("request", lambda request: asked.append(request.url))
    nika.page.clock.run_for(120_000)
    assert asked == []


def test_without_script_everything_is_there(visit: Callable[..., Visitor], world: World) -> None:
    nika = visit("fa", java_script_enabled=False)
    nika.page.fill("[name=email]", "nika@example.com")
    nika.page.fill("[name=password]", "four words that nobody joins")
    nika.page.locator("main form [type=submit]").first.click()
    nika.page.wait_for_url("**/system/")
    nika.speak("fa")
    nika.page.locator("a[data-span]").nth(1).click()
    expect(nika.page.locator("#mail-title")).to_contain_text("۷ روز")
    world.mail("laleh", "queued")
    nika.page.locator(".fresh a").click()
    expect(nika.page.locator("#waiters")).to_contain_text("laleh@dashboard.example")
    assert "span=7d" in nika.page.url
    nika.page.locator("#mail-numbers summary").click()
    expect(nika.page.locator("#mail-numbers table")).to_be_visible()
    expect(nika.page.locator("[data-live-state=stale]")).to_be_hidden()


@pytest.mark.parametrize(
    ("locale", "device", "scheme"),
    [("fa", "desktop", "light"), ("fa", "phone", "dark"), ("en", "phone", "light")],
)
def test_with_everything_open_the_page_is_sound(
    visit: Callable[..., Visitor], world: World, locale: str, device: str, scheme: str
) -> None:
    nika = visit(locale, device, color_scheme=scheme)
    nika.sign_in()
    for span in ("24h", "7d", "30d"):
        nika.open(f"/system/?span={span}")
        nika.page.locator("#mail-numbers summary").click()
        # What the bar at the top half hides would count as too small to press.
        nika.page.evaluate("window.scrollTo(0, 0)")
        nika.look_over()
