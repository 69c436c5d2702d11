"""The languages: one row each. A new language is a row here and a catalog."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from flask_babel import force_locale, get_locale

Direction = Literal["rtl", "ltr"]
Calendar = Literal["jalali", "gregorian"]


@dataclass(frozen=True, slots=True)
class Locale:
    """A language with its conventions; `babel` has a territory, on which weeks depend."""

    code: str
    tag: str
    name: str
    direction: Direction
    calendar: Calendar
    digits: str
    babel: str


DEFAULT = "fa"
LOCALES = {
    locale.code: locale
    for locale in (
        Locale("fa", "fa", "فارسی", "rtl", "jalali", "۰۱۲۳۴۵۶۷۸۹", "fa_IR"),
        Locale("en", "en", "English", "ltr", "gregorian", "0123456789", "en_GB"),
    )
}


def get(code: str) -> Locale:
    """Return the language of that code, or the default one for an unknown code."""
    return LOCALES.get(code, LOCALES[DEFAULT])


def current() -> Locale:
    """Return the language in which the present page or mail is written."""
    chosen = get_locale()
    return get(chosen.language if chosen else DEFAULT)


@contextmanager
def use(code: str) -> Iterator[Locale]:
    """Write everything inside the block in that language, whatever the request says."""
    locale = get(code)
    with force_locale(locale.babel):
        yield locale
