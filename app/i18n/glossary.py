"""The glossary of each language, read from the page on which translators keep it.

`translations/README.md` has a table for each language, under a heading with its code, such as
``## Persian (`fa`)``: the English word, the word of this language, and words not to use for it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.i18n.catalogs import FOLDER

PAGE = "README.md"
_HEADING = re.compile(r"^## .*\(`([a-z]{2,3}(?:_[A-Z]{2})?)`\)", re.MULTILINE)
_ROW = re.compile(
    r"^\|(?P<english>[^|\n]+)\|(?P<word>[^|\n]+)\|(?P<refused>[^|\n]*)\|", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, its one translation, and those that are not used for it."""

    english: str
    word: str
    refused: tuple[str, ...]


def read(root: Path) -> Mapping[str, tuple[Term, ...]]:
    """Return the terms of every language that has a table; nothing when there is no page."""
    page = root / FOLDER / PAGE
    if not page.is_file():
        return {}
    parts = _HEADING.split(page.read_text(encoding="utf-8"))
    tables = zip(parts[1::2], parts[2::2], strict=True)
    return {code: tuple(_terms(table)) for code, table in tables}


def refused(terms: tuple[Term, ...]) -> dict[str, str]:
    """Return the words that are not used, each with the one that is."""
    return {word: term.word for term in terms for word in term.refused}


def _terms(table: str) -> Iterator[Term]:
    for row in _ROW.finditer(table):
        english, word = row["english"].strip(), row["word"].strip()
        if english.casefold() != "english" and english.strip("-: "):
            words = (each.strip() for each in re.split("[،,]", row["refused"]))
            yield Term(english, word, tuple(each for each in words if each and each != "–"))
