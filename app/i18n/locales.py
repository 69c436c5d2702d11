"""The languages: one row each. A new language is a row here and a catalog.

What differs between languages hangs on the row, so that no other code has to name a language.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

from babel import Locale as BabelLocale
from babel.support import NullTranslations
from flask import Flask, has_app_context

from app.config import current_config
from app.here import application, kept_here

Direction = Literal["rtl", "ltr"]
Calendar = Literal["jalali", "gregorian"]

DEFAULT = "fa"
# The sentences stand in the sources in this language, and it is shown where another has a gap.
SOURCE = "en"
EVERYTHING = "*"
# Under these names the application keeps who chooses and finds, and the context what it speaks.
_CATALOGS = "peyk.catalogs"
_SELECT = "peyk.select_locale"
_KEPT_AS = "spoken"


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """A language with its conventions; there is one of each, so it is compared as what it is.

    `babel` has a territory, on which weeks and separators depend, and belongs to one row only.
    `plural` is the header of the catalog; empty means that of CLDR. `letters` are pairs: the first
    letter of each is written as the rest («يی» makes ی of ي). `whole` are the areas of
    `app/i18n/areas.py` in which nothing may be left untranslated.
    """

    code: str
    tag: str
    name: str
    direction: Direction
    calendar: Calendar
    digits: str
    babel: str
    plural: str = ""
    letters: str = ""
    whole: tuple[str, ...] = ()

    @property
    def comma(self) -> str:
        """Return the comma of the script in which the language writes its own name."""
        return "،" if "\u0600" <= self.name[:1] <= "\u06ff" else ","

    @property
    def first_weekday(self) -> int:
        """Return the day on which a week begins, as Python counts them: Saturday is 5."""
        return _first_weekday(self.babel)

    def called_in(self, reader: "Locale") -> str:
        """Return what that reader calls the language (CLDR); its own name where nobody knows."""
        return str(BabelLocale.parse(reader.babel).languages.get(self.code, self.name))


@cache
def _first_weekday(babel: str) -> int:
    return int(BabelLocale.parse(babel).first_week_day)


LOCALES: Mapping[str, Locale] = {
    locale.code: locale
    for locale in (
        Locale(
            "fa",
            "fa",
            "فارسی",
            "rtl",
            "jalali",
            "۰۱۲۳۴۵۶۷۸۹",
            "fa_IR",
            # Babel would give Persian one form; CLDR and the translators' tools know two.
            plural="nplurals=2; plural=(n > 1);",
            letters="يی كک ىی ەه ۀهٔ",
            whole=(EVERYTHING,),
        ),
        Locale(
            "en",
            "en",
            "English",
            "ltr",
            "gregorian",
            "0123456789",
            "en_GB",
            plural="nplurals=2; plural=(n != 1);",
            whole=(EVERYTHING,),
        ),
        Locale(
            "ar",
            "ar",
            "العربية",
            "rtl",
            "gregorian",
            "٠١٢٣٤٥٦٧٨٩",
            "ar_EG",
            # CLDR's numbers, in the order that gettext and the translators' tools know.
            plural="nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
            " : n%100>=11 ? 4 : 5);",
            letters="یي کك",
            whole=("public", "account", "mails", "frame", "smtp", "diagnoses"),
        ),
    )
}
# For those who look for sentences that nobody can translate and for boxes that are too narrow:
# longer English in brackets, and English from right to left. In development only.
PSEUDO: Mapping[str, Locale] = {
    "xa": Locale("xa", "en-XA", "[Ļöñĝéŕ]", "ltr", "gregorian", "0123456789", "en_CA"),
    "xb": Locale("xb", "en-XB", "Right to left", "rtl", "gregorian", "0123456789", "en_AU"),
}
_BY_BABEL = {locale.babel: locale for locale in (*LOCALES.values(), *PSEUDO.values())}


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A language and its sentences."""

    locale: Locale
    catalog: NullTranslations


def init_app(
    app: Flask, select: Callable[[], str], catalogs: Callable[[Locale], NullTranslations]
) -> None:
    """Say who chooses the language of a page, and who finds the sentences of a language."""
    app.extensions[_SELECT], app.extensions[_CATALOGS] = select, catalogs


def get(code: str) -> Locale:
    """Return the language of that code, or the default one for an unknown code."""
    return LOCALES.get(code) or PSEUDO.get(code) or LOCALES[DEFAULT]


def offered() -> Mapping[str, Locale]:
    """Return the languages in which a page can be had here, by code."""
    return {**LOCALES, **PSEUDO} if current_config().mode == "development" else LOCALES


def current() -> Locale:
    """Return the language in which the present page or mail is written."""
    return _spoken().locale


def catalog() -> NullTranslations:
    """Return the sentences of the present language."""
    return _spoken().catalog


@contextmanager
def use(code: str) -> Iterator[Locale]:
    """Write everything inside the block in that language, whatever the request says."""
    locale = get(code)
    kept = forget()
    _speak(locale)
    try:
        yield locale
    finally:
        forget()
        if kept is not None:
            kept_here()[_KEPT_AS] = kept


def speak(code: str) -> None:
    """Write the rest of the page or mail in that language, whatever the request says."""
    _speak(get(code))


def _spoken() -> _Spoken:
    """The language of the page, chosen once: a page asks for a hundred sentences."""
    try:
        kept = kept_here()
    except RuntimeError:
        return _OUTSIDE
    found: _Spoken | None = kept.get(_KEPT_AS)
    return found or _speak(_BY_BABEL[application().extensions[_SELECT]()])


def find_anew() -> None:
    """Look for the sentences of the present language once more."""
    _speak(current())


def _speak(locale: Locale) -> _Spoken:
    spoken = _Spoken(locale, application().extensions[_CATALOGS](locale))
    kept_here()[_KEPT_AS] = spoken
    return spoken


def forget() -> _Spoken | None:
    """Ask anew for the language and its sentences; return what was kept of them."""
    return kept_here().pop(_KEPT_AS, None) if has_app_context() else None


_OUTSIDE = _Spoken(LOCALES[DEFAULT], NullTranslations())
