"""The pages about languages, and what developers and translators see besides."""

import re

import pytest
from flask import Flask

from app.i18n import catalogs, locales, progress, sentences
from app.web.languages import shown
from tests.house.sources import ROOT
from tests.page import problems, read
from tests.web.browser import Browser
from tests.web.test_every_page import PAGES, PANEL

MARK = re.compile(r"⟦(\d+)⟧")


@pytest.fixture
def browser(developing: Flask):
    """A browser before an application in development."""
    return Browser(developing, developing.response_class)


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_each_language_says_how_far_it_is(nika, locale):
    answer = nika.get(f"/system/languages?lang={locale}")
    assert problems(answer.text, locale) == []
    names = [heading.text for heading in read(answer.text).root.all("h2")]
    assert {row.name for row in locales.LOCALES.values()} <= set(names)


def test_the_language_of_the_site_stands_first(nika):
    page = read(nika.get("/system/languages?lang=en").text)
    cards = [card for card in page.root.all("section") if card.get("id").startswith("language-")]
    assert cards[0].get("id") == "language-fa"
    assert "Complete" in cards[0].text
    assert "100%" in cards[0].text


def test_a_gap_is_shown_with_the_place_where_it_is_filled(nika):
    found = progress.of(ROOT, locales.get("ar"))
    page = nika.get("/system/languages/ar?lang=en").text
    assert problems(page, "en") == []
    gap = found.gaps[0]
    row = next(row for row in read(page).root.all("tr") if f" {gap.line}" in row.text)
    assert gap.files[0] in row.text
    lines = catalogs.locale_path(ROOT, "ar").read_text(encoding="utf-8").splitlines()
    assert lines[gap.line - 1].startswith("msgid")


@pytest.mark.parametrize("path", ["/system/languages", "/system/languages/fa"])
def test_a_file_that_is_no_catalog_names_its_line_on_the_page(nika, monkeypatch, tmp_path, path):
    torn = catalogs.locale_path(tmp_path, "fa")
    torn.parent.mkdir(parents=True)
    torn.write_text('msgid "Users"\nmsgstr "کاربران\n', encoding="utf-8")
    for code in ("en", "ar"):
        catalogs.write(catalogs.locale_path(tmp_path, code), catalogs.new(code))
    monkeypatch.setattr(shown, "ROOT", tmp_path)
    page = nika.get(f"{path}?lang=en").text
    assert problems(page, "en") == []
    assert "cannot be read from line" in page
    assert '<bdi dir="ltr">2</bdi>' in page


def test_the_gaps_can_be_asked_for_by_part(nika):
    parts = progress.of(ROOT, locales.get("ar")).areas
    page = read(nika.get("/system/languages/ar?area=development&lang=en").text)
    share = parts["development"]
    assert len(page.root.all("tbody")[0].all("tr")) == share.total - share.done


@pytest.mark.parametrize("path", ["fa", "en", "ar?area=nowhere", "fa?area=panel"])
def test_a_whole_language_and_an_unknown_part_are_no_errors(nika, path):
    assert nika.get(f"/system/languages/{path}").status_code == 200


@pytest.mark.parametrize("code", ["xx", "xa", "..%2ffa", "FA"])
def test_there_are_no_other_languages(nika, code):
    assert nika.get(f"/system/languages/{code}").status_code == 404


def test_others_may_not_look(omid, client):
    assert omid.get("/system/languages").status_code == 404
    assert client.get("/system/languages").status_code == 303


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_in_development_each_sentence_can_say_its_line(browser, locale):
    page = browser.get(f"/login?lang={locale}&i18n=ids").text
    lines = _lines(locale)
    shown = {int(number) for number in MARK.findall(page)}
    assert len(shown) > 10
    assert all(lines[number - 1].startswith(("msgid", "msgctxt")) for number in shown)
    heading = read(page).h1
    line = int(MARK.search(heading)[1])
    assert lines[line - 1] == 'msgid "Sign in"'
    assert f"messages.{'po' if locale == 'fa' else 'pot'}:{line}" in page


def test_a_line_in_an_attribute_breaks_nothing(browser):
    page = browser.get("/login?lang=fa&i18n=ids").text
    assert problems(page, "fa") == []
    labels = [e.get("aria-label") for e in read(page).root.walk() if e.get("aria-label")]
    assert labels
    assert all(MARK.search(label) for label in labels)
    assert MARK.search(read(page).root.all("title")[0].text)


def test_the_lines_stay_until_they_are_switched_off(browser):
    browser.get("/login?i18n=ids")
    assert MARK.search(browser.get("/register").text)
    browser.get("/register?i18n=off")
    assert not MARK.search(browser.get("/login").text)


def test_the_menu_says_its_lines_while_they_are_asked_for(browser):
    for switch in ("off", "ids", "off"):
        nav = read(browser.get(f"/dev/mail?i18n={switch}").text).by_id("nav")
        lines = [line.text for line in nav.all("a")]
        assert len(lines) > 2
        assert [bool(MARK.search(line)) for line in lines] == [switch == "ids"] * len(lines)


def test_a_value_that_was_typed_is_not_taken_for_a_sentence(browser):
    page = browser.get('/login?i18n=<script>alert(1)</script>&lang=en&next="><b>').text
    assert "<script>alert" not in page
    assert not MARK.search(page)


@pytest.mark.parametrize(("code", "direction"), [("xa", "ltr"), ("xb", "rtl")])
@pytest.mark.parametrize("path", ["/login", "/register", "/forgot-password", "/dev/mail"])
def test_in_development_pages_can_be_had_in_the_pseudo_languages(browser, path, code, direction):
    page = browser.get(f"{path}?lang={code}")
    assert problems(page.text, code) == []
    assert read(page.text).root.all("html")[0].get("dir") == direction


def test_in_xa_every_word_of_a_page_can_be_translated(browser):
    """Plain English there is a sentence that no translator ever sees."""
    page = read(browser.get("/register?lang=xa").text)
    plain = [text for text in _texts(page.root) if re.search(r"[a-z]{4}", text)]
    assert [text for text in plain if not re.search(r"@|\.com|English", text)] == []


def test_elsewhere_there_is_neither(client):
    page = client.get("/login?lang=xa&i18n=ids")
    assert not MARK.search(page.text)
    assert read(page.text).root.all("html")[0].get("lang") == "fa"


def _lines(locale):
    path = catalogs.locale_path(ROOT, locale)
    path = path if path.is_file() else catalogs.template_path(ROOT)
    return path.read_text(encoding="utf-8").splitlines()


def _texts(element):
    for child in element.children:
        if isinstance(child, str):
            yield child.strip()
        elif child.tag not in ("script", "style") and child.get("lang") in ("", "en-XA"):
            yield from _texts(child)


OF_AN_ACCOUNT = ["/system/smtp", *sorted(path for path in PANEL if path.startswith("/account"))]


@pytest.fixture
def gaps(monkeypatch):
    """The sentences that a page had to say in English."""
    found: set[str] = set()

    def note(_english, text):
        found.add(text)
        return text

    monkeypatch.setattr(sentences.English, "_isolated", note)
    return found


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_page_for_everybody_has_no_gap_in_arabic(client, gaps, path):
    assert client.get(f"{path}?lang=ar").status_code in (200, 404)
    assert gaps == set()


@pytest.mark.parametrize("path", OF_AN_ACCOUNT)
def test_a_page_of_an_account_or_of_smtp_has_no_gap_in_arabic(nika, gaps, path):
    assert nika.get(f"{path}?lang=ar").status_code == 200
    assert gaps == set()


def test_a_gap_would_be_found(nika, gaps):
    nika.get("/system/?lang=ar")
    assert "Needs attention" in gaps
