"""How far each language is, part by part, and what it still lacks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from app.i18n import areas, catalogs, locales
from app.i18n.catalogs import is_done, key
from app.i18n.locales import Locale
from app.i18n.po_lines import UnreadableCatalogError


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """The part that is done, rounded down: only all of it is a hundred."""
        return self.done * 100 // self.total if self.total else 100


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence that readers see in English: where it stands, and why nothing is shown for it."""

    context: str
    source: str
    is_fuzzy: bool
    line: int
    files: tuple[str, ...]
    areas: frozenset[str]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one language is."""

    locale: str
    whole: Share
    areas: Mapping[str, Share]
    gaps: tuple[Gap, ...]
    # The line at which its file stops being a catalog.
    broken_at: int = 0

    @property
    def fuzzy(self) -> int:
        """How many of the gaps are guesses that somebody has to look at."""
        return sum(gap.is_fuzzy for gap in self.gaps)


def of(root: Path, locale: Locale) -> Progress:
    """Return how far a language is, read again only when its catalog has changed."""
    path = catalogs.locale_path(root, locale.code)
    if not path.is_file():
        path = catalogs.template_path(root)
    return _of_file(path, path.stat().st_mtime_ns, locale.code)


def of_catalog(catalog: Catalog, code: str) -> Progress:
    """Count a catalog; the language of the sources needs none and is done."""
    messages = list(catalogs.entries(catalog).values())
    is_source = code == locales.SOURCE
    total, done = Counter[str](), Counter[str]()
    for message in messages:
        total.update(areas.of(message))
        if is_source or is_done(message):
            done.update(areas.of(message))
    gaps = () if is_source else tuple(_gaps(messages))
    shares = {name: Share(done[name], total[name]) for name in areas.NAMES if total[name]}
    return Progress(code, Share(len(messages) - len(gaps), len(messages)), shares, gaps)


@lru_cache(maxsize=16)
def _of_file(path: Path, _changed_at: int, code: str) -> Progress:
    try:
        return of_catalog(catalogs.read(path), code)
    except UnreadableCatalogError as error:
        return Progress(code, Share(0, 0), {}, (), broken_at=error.fault.line)


def _gaps(messages: list[Message]) -> Iterator[Gap]:
    for message in messages:
        if not is_done(message):
            context, source = key(message)
            files = tuple(file for file, _line in message.locations)
            line = message.lineno or 0
            yield Gap(context, source, message.fuzzy, line, files, areas.of(message))
