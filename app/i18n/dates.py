"""Days as people type them: in the calendar of the reader, with any digits and any separators.

The year comes first, as in «۱۴۰۵/۰۹/۰۳» and 2026-11-24, or the month has its name. A year that can
only belong to the other calendar is taken for what it is.
"""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from persiantools.jdatetime import JalaliDate

from app.i18n import formats, normalise
from app.i18n.digits import localized
from app.i18n.locales import Locale

_LONGEST = 40
_PART = re.compile(r"\d+|[^\W\d_]+")
_NOTHING_BUT_DIGITS = re.compile(r"\d{8}")
# Years of which everybody knows the calendar; the tables of the Persian one end in 1500.
_JALALI_YEARS = range(1300, 1500)
_GREGORIAN_YEARS = range(1900, 2121)
_ENGLISH = [name.lower() for name in calendar.month_name]
_PERSIAN = ["", *(normalise.search_key(name) for name in formats.MONTHS)]


class InvalidDate(ValueError):
    """The text is not a day of any calendar that is known here."""


def parse(text: str) -> date:
    """Return the day that somebody typed; raise `InvalidDate`."""
    text = normalise.machine(text[: 4 * _LONGEST]).replace("\u200c", "")
    if _NOTHING_BUT_DIGITS.fullmatch(text):
        text = f"{text[:4]}/{text[4:6]}/{text[6:]}"
    parts = _PART.findall(text)
    if len(text) > _LONGEST or len(parts) != 3:
        raise InvalidDate(text)
    try:
        return _day(*_in_order(parts))
    except (ValueError, OverflowError) as error:
        raise InvalidDate(text) from error


@lru_cache(maxsize=256)
def written(day: date, locale: Locale) -> str:
    """Write a day as `parse` reads it, in the calendar and the digits of the language."""
    if locale.calendar != "jalali":
        return localized(day.isoformat(), locale)
    jalali = JalaliDate(day)  # type: ignore[no-untyped-call]
    return localized(f"{jalali.year}/{jalali.month:02d}/{jalali.day:02d}", locale)


def beginning(day: date) -> datetime:
    """Return the moment at which a day begins in the time zone of the reader."""
    return datetime.combine(day, time(), formats.zone()).astimezone(UTC)


def today(now: datetime) -> date:
    """Return the day that it is in the time zone of the reader."""
    return now.astimezone(formats.zone()).date()


def week_of(day: date, locale: Locale) -> date:
    """Return the first day of the week: Saturday in Persian and Arabic, Monday in English."""
    return day - timedelta(days=(day.weekday() - locale.first_weekday) % 7)


def _in_order(parts: Sequence[str]) -> tuple[int, int, int]:
    """Return year, month and day, the month perhaps by its name."""
    first, second, third = parts
    if second.isdigit():
        if len(first) != 4:
            raise InvalidDate(first)
        return int(first), int(second), int(third)
    year, day = (third, first) if len(third) == 4 else (first, third)
    return int(year), _month(second), int(day)


def _month(name: str) -> int:
    name = normalise.search_key(name)
    for names in (_PERSIAN, _ENGLISH):
        if name in names[1:]:
            return names.index(name)
    short = [month[:3] for month in _ENGLISH]
    return short.index(name, 1)


def _day(year: int, month: int, day: int) -> date:
    if year in _JALALI_YEARS:
        found: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
        return found
    if year in _GREGORIAN_YEARS:
        return date(year, month, day)
    raise InvalidDate(str(year))
