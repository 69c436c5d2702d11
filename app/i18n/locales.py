"""The languages: one row each. A new language is a row here and a catalog."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from babel.support import NullTranslations
from flask import has_app_context
from flask.globals import app_ctx
from flask_babel import force_locale, get_locale, get_translations

Direction = Literal["rtl", "ltr"]
Calendar = Literal["jalali", "gregorian"]

# Under this name the context keeps what it is written in.
_KEPT_AS = "spoken"


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


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A language and its sentences."""

    locale: Locale
    catalog: NullTranslations


def get(code: str) -> Locale:
    """Return the language of that code, or the default one for an unknown code."""
    return LOCALES.get(code, LOCALES[DEFAULT])


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
    kept = _forget()
    with force_locale(locale.babel):
        try:
            yield locale
        finally:
            _forget()
            if kept is not None:
                setattr(app_ctx.g, _KEPT_AS, kept)


def _spoken() -> _Spoken:
    """What Flask-Babel decides, asked once for a page: a page asks for a hundred sentences."""
    if not has_app_context():
        return _OUTSIDE
    kept = app_ctx.g.__dict__
    found: _Spoken | None = kept.get(_KEPT_AS)
    if found is None:
        chosen = get_locale()
        locale = get(chosen.language if chosen else DEFAULT)
        found = kept[_KEPT_AS] = _Spoken(locale, get_translations())
    return found


def _forget() -> _Spoken | None:
    return app_ctx.g.__dict__.pop(_KEPT_AS, None) if has_app_context() else None


_OUTSIDE = _Spoken(LOCALES[DEFAULT], NullTranslations())
