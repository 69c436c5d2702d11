"""Digits: any to ASCII for machines, ASCII to the reader's own for sentences."""

from functools import cache

from app.i18n.locales import Locale

_ASCII = "0123456789"
_TO_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", _ASCII * 2)


def to_ascii(text: str) -> str:
    """Return the text with Persian and Arabic digits replaced by ASCII ones."""
    return text.translate(_TO_ASCII)


def localized(text: str, locale: Locale) -> str:
    """Return the text with ASCII digits replaced by those of the language."""
    return text.translate(_table(locale.digits))


@cache
def _table(digits: str) -> dict[int, int]:
    return str.maketrans(_ASCII, digits)
