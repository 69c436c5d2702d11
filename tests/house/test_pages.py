"""What may not stand in a style sheet or a template."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files, find, shown, text

_STYLES = [path for path in files() if path.suffix == ".css"]
_TEMPLATES = [path for path in files() if path.is_relative_to(ROOT / "templates")]
_PAGES = [path for path in _TEMPLATES if not path.is_relative_to(ROOT / "templates" / "mail")]
_DECLARATION = re.compile(r"(?<![\w-])(-?[a-z][\w-]*)\s*:\s*([^;{}]+)(?=[;}])")
_PHYSICAL = re.compile(r"(?<![\w])(?:left|right)(?![\w])")
_BABEL_FILTERS = r"\|\s*(?:date|time|datetime|number|decimal|currency|percent|scientific|timedelta)"


def physical(path: Path) -> list[str]:
    """The declarations that speak of left or right; comments and file names may."""
    plain = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", text(path), flags=re.DOTALL)
    return [
        f"{name}: {value.strip()}"
        for name, value in _DECLARATION.findall(plain)
        if _PHYSICAL.search(name) or (not name.startswith("--") and _PHYSICAL.search(value))
    ]


@pytest.mark.parametrize("path", _STYLES, ids=shown)
def test_a_style_sheet_speaks_of_start_and_end(path):
    assert not physical(path)


@pytest.mark.parametrize("path", _PAGES, ids=shown)
def test_a_page_has_no_style_and_no_script_of_its_own(path):
    plain = re.sub(r"\{#.*?#\}", "", text(path), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", plain)
    assert not re.search(r"<style\b", plain)
    assert not re.search(r"<script\b(?![^>]*\ssrc=)", plain)
    assert not re.search(r"\son[a-z]+\s*=", plain)


def test_no_template_asks_another_host_for_anything():
    assert not find(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", _PAGES)


def test_templates_format_dates_and_numbers_our_way():
    assert not find(_BABEL_FILTERS + r"format\b", _TEMPLATES)


def test_no_template_switches_the_escaping_off():
    assert not find(r"\|\s*safe\b|autoescape\s+false", _TEMPLATES)


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = text(ROOT / "app" / "static" / "icons.svg")
    present = set(re.findall(r'\bid="([^"]+)"', sprite))
    named = {
        name for path in _TEMPLATES for name in re.findall(r"\bicon\(\s*[\"']([\w-]+)", text(path))
    }
    assert {name for name in named if not {name, f"i-{name}", f"icon-{name}"} & present} == set()
