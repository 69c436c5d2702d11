"""The page of all parts: complete, sound in both directions, and for developers only."""

import re

import pytest

from app.i18n import locales
from app.web.dev_parts import samples
from tests.house.sources import ROOT, text
from tests.page import problems, read
from tests.web.browser import Browser

TEMPLATES = ROOT / "templates"
PAGE = text(TEMPLATES / "dev_parts" / "index.html")
# They stand in the frame of every page, this one too.
_IN_THE_FRAME = {"csrf", "flashes", "language_switch", "theme_switch", "head", "breadcrumb"}


@pytest.fixture
def whole(developing):
    """A browser before an application in development."""
    return Browser(developing, developing.response_class)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_it_shows_every_part_in_both_directions_and_themes(whole, locale, theme):
    answer = whole.get(f"/dev/parts?lang={locale}&theme={theme}")
    assert answer.status_code == 200
    assert f'data-theme="{theme}"' in answer.text
    assert problems(answer.text, locale) == []


def test_pictures_that_point_along_the_line_turn_with_it_and_no_others(whole):
    page = read(whole.get("/dev/parts").text)
    drawn = [e for e in page.root.all("svg") if "icon" in e.get("class").split()]
    turned = {
        e.all("use")[0].get("href").partition("#")[2] for e in drawn if "icon-dir" in e.get("class")
    }
    assert turned == {"back", "chevron", "leave", "send"}


def test_elsewhere_there_is_no_such_page(client):
    assert client.get("/dev/parts").status_code == 404


@pytest.mark.parametrize("name", ["ui", "lists"])
def test_no_macro_is_missing_on_it(name):
    macros = set(re.findall(r"macro ([a-z]\w*)\(", text(TEMPLATES / "parts" / f"{name}.html")))
    shown = set(re.findall(rf"\b{name}\.([a-z]\w*)\(", PAGE))
    # A field draws itself as a switch or as segments.
    shown |= {"switch", "segmented"} if "field" in shown else set()
    assert macros - shown - _IN_THE_FRAME == set()


def test_no_colour_and_no_picture_is_missing_on_it():
    styles = text(ROOT / "app" / "static" / "app.css")
    light = styles.partition(":root {")[2].partition("}")[0]
    colours = set(re.findall(r"--([\w-]+): #", light)) - {"brand"}
    assert colours == set(samples.COLOURS)
    sprite = text(ROOT / "app" / "static" / "icons.svg")
    assert set(re.findall(r'\bid="([^"]+)"', sprite)) - {"logo"} == set(samples.ICONS)


def test_a_theme_in_the_address_is_not_kept(client):
    assert 'data-theme="dark"' in client.get("/login?theme=dark").text
    assert "data-theme" not in client.get("/login").text
    assert "data-theme" not in client.get("/login?theme=purple").text
