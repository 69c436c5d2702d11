"""The menu: kept for all people of one kind, so nobody may meet that of another kind."""

from flask.testing import FlaskClient

from tests.page import read
from tests.web.people import all_speak


def menu(client: FlaskClient, path: str = "/account") -> list[tuple[str, str]]:
    """Return the lines of the menu: where they lead, and their words."""
    nav = read(client.get(path).text).by_id("nav")
    assert nav
    return [(line.get("href"), line.text.strip()) for line in nav.all("a")]


def test_nobody_meets_the_menu_of_another(nika: FlaskClient, omid: FlaskClient) -> None:
    for _ in range(2):
        assert "/system/users" in dict(menu(nika))
        assert not [url for url, _words in menu(omid) if url.startswith("/system")]


def test_a_menu_that_is_kept_is_kept_for_one_language(nika: FlaskClient) -> None:
    for _ in range(2):
        for locale, words in (("en", "Outbox"), ("fa", "صندوق خروجی")):
            all_speak(locale)
            assert dict(menu(nika))["/system/outbox"] == words


def test_the_current_line_is_that_of_the_page(nika: FlaskClient) -> None:
    for path in ("/system/users", "/system/outbox", "/system/users"):
        nav = read(nika.get(path).text).by_id("nav")
        assert nav
        current = [line.get("href") for line in nav.all("a") if line.get("aria-current")]
        assert current == [path]
