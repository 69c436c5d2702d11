"""Where a page takes its sentences from: the catalog of its language, or English where it has gaps.

In production a compiled catalog is read once. In development a catalog that was changed is read
again, so that a translator sees the next page with the new words; and each sentence can carry the
line of the catalog in which it stands.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask import g

from app.config import ROOT, current_config
from app.i18n import catalogs, locales, pseudo
from app.i18n.catalogs import Key
from app.i18n.locales import Locale
from app.i18n.po_lines import UnreadableCatalogError

logger = logging.getLogger("peyk.i18n")

_LEFT_TO_RIGHT_ISOLATE, _END = "\u2066", "\u2069"
_LINES = "peyk_sentences"


def of(locale: Locale) -> NullTranslations:
    """Return the sentences of a language, here and now."""
    is_watched = current_config().mode == "development"
    found = _translations(locale) if is_watched else _compiled(locale, ROOT)
    return Numbered(found, line_numbers(locale)) if _LINES in g else found


def number_sentences() -> None:
    """Let every sentence of this request carry its line in the catalog, as ⟦12⟧."""
    setattr(g, _LINES, {})
    locales.find_anew()


def numbered() -> Mapping[int, Key] | None:
    """Return the sentences that this request has shown, by line; None when nobody asked."""
    found: Mapping[int, Key] | None = g.get(_LINES)
    return found


def catalog_path(locale: Locale) -> Path:
    """Return the file in which the sentences of this language stand; English is the template."""
    path = catalogs.locale_path(ROOT, locale.code)
    return path if path.is_file() else catalogs.template_path(ROOT)


def line_numbers(locale: Locale) -> Mapping[Key, int]:
    """Return the line of each sentence in the file of this language."""
    path = catalog_path(locale)
    return _lines(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _lines(path: Path, _changed_at: int) -> Mapping[Key, int]:
    try:
        found = catalogs.entries(catalogs.read(path))
    except UnreadableCatalogError:
        return {}
    return {key: message.lineno or 0 for key, message in found.items()}


def _translations(locale: Locale) -> NullTranslations:
    if locale.code == "xa":
        return pseudo.Accented()
    path = catalogs.locale_path(ROOT, locale.code)
    if not path.is_file():
        return _compiled(locale, ROOT)
    return _watched(locale, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _compiled(locale: Locale, root: Path) -> NullTranslations:
    """The catalog that was compiled at set-up; a language without one is English."""
    fallback = English(locale)
    path = catalogs.locale_path(root, locale.code).with_suffix(".mo")
    if not path.is_file():
        return fallback
    with path.open("rb") as file:
        return _with_fallback(Translations(file), fallback)


def _with_fallback(found: Translations, fallback: NullTranslations) -> Translations:
    found.add_fallback(fallback)
    return found


_last_good: dict[str, NullTranslations] = {}


@lru_cache(maxsize=8)
def _watched(locale: Locale, path: Path, changed_at: int) -> NullTranslations:
    """The catalog as it is now; while it cannot be read, as it was when it could."""
    compiled = path.with_suffix(".mo")
    if compiled.is_file() and compiled.stat().st_mtime_ns >= changed_at:
        found = _compiled.__wrapped__(locale, ROOT)
    else:
        found = _read(locale, path) or _last_good.get(locale.code) or English(locale)
    _last_good[locale.code] = found
    return found


def _read(locale: Locale, path: Path) -> NullTranslations | None:
    try:
        content = catalogs.compiled(catalogs.read(path, locale.code))
    except (ValueError, OSError) as error:
        logger.warning("%s cannot be read: %s", path, error)
        return None
    return _with_fallback(Translations(BytesIO(content)), English(locale))


class English(NullTranslations):
    """The sentences of the source; on a page from right to left each keeps its own direction."""

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self._is_foreign = locale.direction == "rtl" and locale.code in locales.LOCALES

    def gettext(self, message: str) -> str:
        """Return the sentence itself."""
        return self._isolated(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the English form for this number."""
        return self._isolated(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """Return the sentence itself."""
        return self._isolated(message)

    ugettext, ungettext, upgettext = gettext, ngettext, pgettext

    def _isolated(self, text: str) -> str:
        return f"{_LEFT_TO_RIGHT_ISOLATE}{text}{_END}" if self._is_foreign else text


class Numbered(NullTranslations):
    """The sentences of another, each with its line in the catalog behind it."""

    def __init__(self, inner: NullTranslations, lines: Mapping[Key, int]) -> None:
        super().__init__()
        self._inner, self._numbers = inner, lines

    def gettext(self, message: str) -> str:
        """Return the sentence with its line."""
        return self._with_line(self._inner.ugettext(message), ("", message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for this number with its line."""
        return self._with_line(self._inner.ungettext(msgid1, msgid2, n), ("", msgid1))

    def pgettext(self, context: str, message: str) -> str:
        """Return the sentence with its line."""
        return self._with_line(self._inner.upgettext(context, message), (context, message))

    ugettext, ungettext, upgettext = gettext, ngettext, pgettext

    def _with_line(self, text: str, key: Key) -> str:
        """A plain-text mark: it stands in an attribute or a title as well as between tags."""
        line = self._numbers.get(key, 0)
        getattr(g, _LINES)[line] = key
        return f"{text}⟦{line}⟧"
