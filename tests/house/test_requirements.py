"""The table of docs/security.md: a row for each requirement, and every test it names exists."""

import re
from functools import cache

from tests.house.sources import ROOT, files, text

COUNT = 83
# What is left out on purpose.
NOT_BUILT = {"R56"}
_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
_ROW = re.compile(r"^\| (R\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)


def rows():
    return {row[1]: row for row in _ROW.finditer(text(ROOT / "docs" / "security.md"))}


def named(row):
    return set(re.findall(r"`(test_\w+)`", row[4]))


@cache
def names():
    """The names of all tests."""
    sources = [path for path in files() if path.name.startswith("test_") and path.suffix == ".py"]
    return {name for path in sources for name in _TEST.findall(text(path))}


def test_every_requirement_has_its_row():
    found = _ROW.findall(text(ROOT / "docs" / "security.md"))
    assert [row[0] for row in found] == [f"R{number}" for number in range(1, COUNT + 1)]


def test_every_test_that_the_table_names_exists():
    missing = {name for row in rows().values() for name in named(row)} - names()
    assert not missing


def test_only_what_is_left_out_has_no_test():
    without = {number for number, row in rows().items() if not named(row)}
    assert without == NOT_BUILT


def test_a_test_that_bears_a_number_stands_beside_it_or_is_one_of_several():
    matches = (re.match(r"test_r(\d+)_", name) for name in names())
    assert {f"R{int(found[1])}" for found in matches if found} <= rows().keys()


def test_every_place_that_the_table_names_exists():
    folders = ("", "accounts", "web", "mail", "core")
    places = {place for row in rows().values() for place in re.findall(r"`([\w/.]+)`", row[3])}
    lost = {p for p in places if not any((ROOT / "app" / f / p).exists() for f in folders)}
    assert {place for place in lost if not (ROOT / place).exists()} <= {"app/__init__.py"}
