"""The words: whole sentences, one glossary, nothing formatted behind the translator's back."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog

from app.i18n import catalogs, glossary, proofreading
from tests.house.sources import APP, ROOT, files, find

_SOURCES = [path for path in files() if path.is_relative_to(APP) and path.suffix == ".py"]
_TEMPLATES = [path for path in files() if path.is_relative_to(ROOT / "templates")]
# The glossary has to name the words that it does not want.
_GLOSSARY = ROOT / catalogs.FOLDER / glossary.PAGE
_READ_BY_PEOPLE = [
    path for path in files() if path.suffix in {".po", ".md", ".html", ".txt"} and path != _GLOSSARY
]
_ZWNJ = "\u200c"


@cache
def template() -> Catalog:
    """The sentences as they stand in the sources: collecting them takes seconds."""
    return catalogs.extract(ROOT)


@pytest.mark.parametrize("word", ["گذرواژه", "رایانامه", f"می{_ZWNJ}باشد", f"می{_ZWNJ}باشند"])
def test_no_word_outside_the_glossary(word):
    assert not find(word, _READ_BY_PEOPLE)


def test_no_sentence_is_an_f_string():
    assert not find(r"\b(?:_[lnp]?|n?gettext|pgettext)\(\s*f[\"']", [*_SOURCES, *_TEMPLATES])


def test_no_sentence_is_glued_or_formatted_before_it_is_looked_up():
    assert not find(r"\b_[lnp]?\(\s*\"[^\"]*\"\s*(?:\+|%|\.format)", [*_SOURCES, *_TEMPLATES])


def test_the_formats_of_flask_babel_are_used_in_one_place_only():
    outside = [path for path in _SOURCES if not path.is_relative_to(APP / "i18n")]
    assert not find(r"flask_babel import .*\bformat_", outside)


def test_the_list_of_sentences_is_current():
    kept = catalogs.template_path(ROOT).read_bytes()
    is_current = kept == catalogs.dump(template())
    assert is_current, "run `python -m tools.command i18n update`"


def test_the_english_sentences_are_sound():
    found = proofreading.source_problems(template())
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("locale", [locale for locale, _ in catalogs.locale_paths(ROOT)])
def test_a_catalog_is_current_complete_and_clean(locale):
    catalog = catalogs.read(catalogs.locale_path(ROOT, locale), locale)
    terms = glossary.read(ROOT).get(locale, ())
    found = proofreading.problems(template(), catalog, locale, terms)
    is_clean = not found
    assert is_clean, "\n".join(map(str, found))


def test_a_share_is_written_by_its_formatter_and_by_no_sentence():
    """The sign and its side belong to the language: `formats.percent`."""
    assert not [source for _, source in catalogs.entries(template()) if "%%" in source]
    assert not find(r"number\([^)]*\)[^\n]{0,6}(?:%\"|٪)", [*_SOURCES, *_TEMPLATES])


def test_what_the_guide_of_administrators_quotes_the_pages_say():
    catalog = catalogs.entries(catalogs.read(catalogs.locale_path(ROOT, "fa")))
    said = [
        re.sub(r"%\(\w+\)s", "…", text)
        for entry in catalog.values()
        for text in catalogs.texts(entry)
    ]
    guide = " ".join((ROOT / "docs" / "administrators.fa.md").read_text("utf-8").split())
    quoted = {quote.strip(" .:،") for quote in re.findall("«([^«»]+)»", guide)}
    assert len(quoted) > 20
    assert not [quote for quote in quoted if not any(quote in text for text in said)]
