"""The gate for translations: what is wrong with a catalog, entry by entry, with the reason.

Entries are compared by context and sentence, because Babel's own comparison calls every catalog
with a context stale.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from babel.messages.catalog import Catalog, Message

from app.i18n.catalogs import PLURAL_FORMS, Key, entries, is_done, key, texts

# Languages that may have no gap; of the others it is only said how far they are.
COMPLETE = frozenset({"fa"})
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_HOLE = re.compile(r"%\([a-z_]\w*\)[sd]|%%|\{[a-z_]\w*\}")
# Ports and reply codes stay as the servers and the hosting companies write them.
_MACHINE_NUMBER = re.compile(r"\b(?:25|465|587|2525|[245]\d\d|[245]\.\d{1,3}\.\d{1,3})\b")
# Stands where a hole or a number stood, so that its neighbours do not fall together.
_SOMETHING = "\ufffc"
_PERSIAN = (
    (re.compile("[يكى]"), "Arabic ye or kaf"),
    (re.compile("[٠-٩]"), "Arabic digit; use ۰ to ۹"),
    (re.compile("ـ"), "kashida"),
    (re.compile(r"(?<![آ-ی])ن?می (?=[آ-ی])"), "«می» needs a half-space"),
    (re.compile(r"[آ-ی] (?:ها|های|هایی|تر|ترین)(?![آ-ی])"), "ending needs a half-space"),
    (re.compile(r"[آ-ی]\s*[,;?]"), "Latin punctuation"),
    (re.compile("[!！]"), "exclamation mark"),
    (re.compile(r"\.\.\."), "three dots instead of an ellipsis"),
    (re.compile("  "), "double space"),
    (
        re.compile("[\u202a-\u202e\u200b\u200e\u200f]"),
        "direction mark; use an isolate in the template",
    ),
    (re.compile("(?<![آ-یۀٔ\ufffc])\u200c|\u200c(?![آ-ی])"), "half-space that joins nothing"),
    (re.compile(r"[0-9](?=[^a-zA-Z]*[آ-ی])|(?<=[آ-ی] )[0-9]"), "Latin digit in a sentence"),
    (re.compile("گذرواژه|رایانامه"), "word outside the glossary («رمز عبور», «ایمیل»)"),
    (re.compile("می\u200c?باش|نمایید|گردید"), "write «است», «کنید», «شد»"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: the language, the entry and what is wrong with it."""

    locale: str
    key: Key
    reason: str

    def __str__(self) -> str:
        context, source = self.key
        return f"{self.locale}: {f'[{context}] ' if context else ''}{source!r}: {self.reason}"


def problems(template: Catalog, catalog: Catalog, locale: str) -> list[Problem]:
    """Everything that keeps this catalog from being shipped."""
    found = [*_against_template(template, catalog), *_in_header(catalog, locale)]
    found += [(key(message), str(error)) for message, errors in catalog.check() for error in errors]
    for entry, message in entries(catalog).items():
        found += [(entry, reason) for reason in _in_entry(message, locale)]
    return [Problem(locale, entry, reason) for entry, reason in found]


def unfinished(catalog: Catalog) -> list[Key]:
    """The entries that readers would see in English."""
    return [entry for entry, message in entries(catalog).items() if not is_done(message)]


def source_problems(template: Catalog) -> list[Problem]:
    """What is wrong with the English sentences themselves."""
    return [
        Problem("en", entry, "a bare % is taken for a hole; write %% or another word")
        for entry, message in entries(template).items()
        if message.python_format and "%" in _HOLE.sub("", entry[1])
    ]


def _against_template(template: Catalog, catalog: Catalog) -> Iterator[tuple[Key, str]]:
    wanted, present = entries(template).keys(), entries(catalog).keys()
    yield from ((entry, "missing from the catalog; run update") for entry in wanted - present)
    yield from ((entry, "no longer in the program; run update") for entry in present - wanted)


def _in_header(catalog: Catalog, locale: str) -> Iterator[tuple[Key, str]]:
    plural = dict(catalog.mime_headers).get("Plural-Forms", "")
    if locale in PLURAL_FORMS and plural != PLURAL_FORMS[locale]:
        yield ("", "header"), f"plural header {plural!r}, expected {PLURAL_FORMS[locale]!r}"


def _in_entry(message: Message, locale: str) -> Iterator[str]:
    if locale in COMPLETE and not is_done(message):
        yield "fuzzy" if message.fuzzy else "not translated"
    if message.fuzzy:
        return
    for text in filter(None, texts(message)):
        yield from _against_source(message, text)
        if locale == "fa":
            yield from _in_persian(text)


def _against_source(message: Message, text: str) -> Iterator[str]:
    source = message.id if isinstance(message.id, str) else message.id[-1]
    if sorted(_TAG.findall(text)) != sorted(_TAG.findall(source)):
        yield "tags differ"
    if isinstance(message.id, str) and sorted(_HOLE.findall(text)) != sorted(_HOLE.findall(source)):
        yield "placeholders differ"
    if (text[0].isspace(), text[-1].isspace()) != (source[0].isspace(), source[-1].isspace()):
        yield "outer white space differs"


def _in_persian(text: str) -> Iterator[str]:
    bare = _MACHINE_NUMBER.sub(_SOMETHING, _HOLE.sub(_SOMETHING, _TAG.sub("", text)))
    yield from (reason for pattern, reason in _PERSIAN if pattern.search(bare))
