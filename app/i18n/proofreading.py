"""The gate for translations: what is wrong with a catalog, entry by entry, with line and mend.

Entries are compared by context and sentence, because Babel's own comparison calls every catalog
with a context stale.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from babel.messages.catalog import Catalog, Message

from app.i18n import areas, locales, spelling
from app.i18n.catalogs import Key, entries, is_done, plural_forms, texts
from app.i18n.glossary import Term, refused
from app.i18n.locales import EVERYTHING, Locale
from app.i18n.spelling import SOMETHING, Rule

_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_HOLE = re.compile(r"%\([a-z_]\w*\)[sd]|%%|\{[a-z_]\w*\}")
_HOLE_OR_PERCENT = re.compile(f"{_HOLE.pattern}|%")
# Ports and reply codes stay as the servers and the hosting companies write them; so do the names
# of machines, of versions and of standards.
_MACHINE_WORD = re.compile(
    r"(?<![0-9A-Za-z.])(?:25|26|465|587|2525|[245]\d\d|[245]\.\d{1,3}\.\d{1,3})(?![0-9A-Za-z])"
    r"|[A-Za-z][\w./@:+-]*(?:[ -]\d[\w.]*)*"
)
_NOT_A_LANGUAGE = Locale("", "", "", "ltr", "gregorian", "0123456789", "en_GB")


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: the language, the entry, its line in the file, what is wrong, what mends it."""

    locale: str
    key: Key
    reason: str
    mend: str = ""
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        context, source = self.key
        mend = f"; {self.mend}" if self.mend else ""
        return f"{self.locale}: {f'[{context}] ' if context else ''}{source!r}: {self.reason}{mend}"


def problems(
    template: Catalog, catalog: Catalog, locale: str, terms: tuple[Term, ...] = ()
) -> list[Problem]:
    """Everything that keeps this catalog from being shipped, in the order of its file."""
    row = locales.LOCALES.get(locale, _NOT_A_LANGUAGE)
    words = [spelling.word_rule(word, instead) for word, instead in refused(terms).items()]
    found = [*_against_template(template, catalog, locale), *_in_header(catalog, locale)]
    for entry, message in entries(catalog).items():
        for reason, mend in _in_entry(message, row, words):
            found.append(Problem(locale, entry, reason, mend, message.lineno or 0))
    return sorted(found, key=lambda problem: problem.line)


def unfinished(catalog: Catalog) -> list[Key]:
    """The entries that readers would see in English."""
    return [entry for entry, message in entries(catalog).items() if not is_done(message)]


def source_problems(template: Catalog) -> list[Problem]:
    """What is wrong with the English sentences themselves."""
    return [
        Problem(locales.SOURCE, entry, "a bare % is taken for a hole", "write %% or another word")
        for entry, message in entries(template).items()
        if message.python_format and "%" in _HOLE.sub("", entry[1])
    ]


def must_be_done(message: Message, row: Locale) -> bool:
    """Whether this language may not leave the sentence in English."""
    return EVERYTHING in row.whole or bool(areas.of(message) & set(row.whole))


def _against_template(template: Catalog, catalog: Catalog, locale: str) -> Iterator[Problem]:
    wanted, present = entries(template), entries(catalog)
    update = "run `i18n update`"
    for entry in sorted(wanted.keys() - present.keys()):
        yield Problem(locale, entry, "missing from the catalog", update)
    for entry in wanted.keys() & present.keys():
        if _places(wanted[entry]) != _places(present[entry]):
            line = present[entry].lineno or 0
            yield Problem(locale, entry, "stands in other files now", update, line)
    for entry in present.keys() - wanted.keys():
        line = present[entry].lineno or 0
        yield Problem(locale, entry, "no longer in the program", update, line)


def _places(message: Message) -> set[str]:
    return {file for file, _line in message.locations}


def _in_header(catalog: Catalog, locale: str) -> Iterator[Problem]:
    plural = dict(catalog.mime_headers).get("Plural-Forms", "")
    if locale in locales.LOCALES and plural != plural_forms(locale):
        mend = f"write {plural_forms(locale)!r}"
        yield Problem(locale, ("", "header"), f"plural header {plural!r}", mend, 1)


def _in_entry(message: Message, row: Locale, words: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    if must_be_done(message, row) and not is_done(message):
        if message.fuzzy:
            yield "fuzzy", "look at it and take the word fuzzy away"
        else:
            yield "not translated", ""
    if message.fuzzy:
        return
    yield from _of_plurals(message, row)
    for text in filter(None, texts(message)):
        yield from _against_source(message, text)
        plain = _without_holes(message, _TAG.sub("", text))
        bare = _MACHINE_WORD.sub(SOMETHING, plain)
        found = [each for rule in words for each in rule.findings(bare)]
        for each in (*spelling.runs(plain, row), *spelling.findings(bare, row), *found):
            yield each.reason, _better(each)


def _without_holes(message: Message, text: str) -> str:
    """The text with a sign for each hole, and with its percent signs as readers see them."""
    holes = _HOLE_OR_PERCENT if message.python_format else _HOLE
    return holes.sub(lambda hole: "%" if hole[0] == "%%" else SOMETHING, text)


def _better(found: spelling.Finding) -> str:
    """Say what to write, where it can be said: not across holes, which were taken out."""
    if not found.better or SOMETHING in found.better + found.written:
        return f"at «{found.written.replace(SOMETHING, '…')}»"
    return f"instead of «{found.written}» write «{found.better}»"


def _of_plurals(message: Message, row: Locale) -> Iterator[tuple[str, str]]:
    """All forms or none, and as many as the language has."""
    if isinstance(message.id, str) or not row.code:
        return
    forms = texts(message)
    wanted = int(re.search(r"nplurals=(\d+)", plural_forms(row.code))[1])  # type: ignore[index]
    if any(forms) and (len(forms) != wanted or not all(forms)):
        yield f"{sum(map(bool, forms))} of {wanted} plural forms", "fill every msgstr[…]"


def _against_source(message: Message, text: str) -> Iterator[tuple[str, str]]:
    source = message.id if isinstance(message.id, str) else message.id[-1]
    if sorted(_TAG.findall(text)) != sorted(_TAG.findall(source)):
        yield "tags differ", _wanted(_TAG.findall(source))
    yield from _of_holes(message, text)
    if (text[0].isspace(), text[-1].isspace()) != (source[0].isspace(), source[-1].isspace()):
        yield "outer white space differs", "begin and end as the English does"


def _of_holes(message: Message, text: str) -> Iterator[tuple[str, str]]:
    """Every hole of the source and no other; a plural form may do without its number."""
    found = _holes(text)
    if isinstance(message.id, str):
        wanted = _holes(message.id)
        if found != wanted:
            yield "placeholders differ", _wanted(wanted)
    else:
        known = {hole for form in message.id for hole in _holes(form)}
        if not set(found) <= known:
            yield "placeholders differ", _wanted(sorted(known))
    if message.python_format and "%" in _HOLE.sub("", text):
        yield "a bare % is taken for a hole", "write %%"


def _holes(text: str) -> list[str]:
    """What is filled in; a percent sign is none, and other languages write another one."""
    return sorted(hole for hole in _HOLE.findall(text) if hole != "%%")


def _wanted(pieces: list[str]) -> str:
    return f"wanted: {' '.join(pieces)}" if pieces else "none is wanted"
