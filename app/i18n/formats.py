"""One place for dates, times and numbers: Solar Hijri for Persian, Gregorian elsewhere.

Values are aware moments, stored in UTC. Calendar and digits hang on the language, never on a
template. Ports, codes and addresses are not numbers: leave them alone.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app
from markupsafe import Markup, escape
from persiantools.jdatetime import JalaliDate

from app.i18n import locales
from app.i18n.digits import localized
from app.i18n.locales import Locale
from app.i18n.text import _, _l, _n

Style = Literal["date", "time", "day", "weekday", "short", "medium", "full", "machine"]

_TIME_ZONE = "peyk.time_zone"
_NO_TIME, _MINUTE, _HOUR = timedelta(0), timedelta(minutes=1), timedelta(hours=1)
# They belong to the calendar, not to a sentence: no translator should have to type them.
MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
# No line ends between a day and its month, or between «ساعت» and the time.
_HELD = "\u00a0"
_DAYS = "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split()
_JALALI: dict[str, Callable[[JalaliDate, date], str]] = {
    "date": lambda day, there: f"{_JALALI['day'](day, there)} {day.year}",
    "day": lambda day, _there: f"{day.day}{_HELD}{MONTHS[day.month - 1]}",
    "weekday": lambda day, there: f"{_DAYS[there.weekday()]} {_JALALI['day'](day, there)}",
    "short": lambda day, _there: f"{day.year}/{day.month:02d}/{day.day:02d}",
    "full": lambda day, there: f"{_DAYS[there.weekday()]} {_JALALI['date'](day, there)}",
}
_GREGORIAN = {
    "date": "d MMMM y",
    "day": "d MMM",
    "weekday": "EEEE, d MMM",
    "short": "y-MM-dd",
    "full": "EEEE, d MMMM y",
}
# The styles that tell the time as well: how their day is written.
_WITH_TIME = {"short": "short", "medium": "date", "full": "full"}
_JOINT = {"jalali": f"، ساعت{_HELD}", "gregorian": "{} "}


_LETTER = "\u061c"
_SIZES = (_l("%(size)s KB"), _l("%(size)s MB"), _l("%(size)s GB"))


def init_app(app: Flask, time_zone: Callable[[], str]) -> None:
    """Say who knows the time zone of the reader."""
    app.extensions[_TIME_ZONE] = time_zone


def zone(name: str | None = None) -> ZoneInfo:
    """Return the time zone of that name, by default the reader's: days begin at its midnight."""
    return ZoneInfo(name or current_app.extensions[_TIME_ZONE]())


def format_datetime(
    value: datetime,
    style: Style = "medium",
    locale: Locale | None = None,
    time_zone: str | None = None,
) -> str:
    """Write a moment in the calendar and, unless another one is named, the zone of the reader.

    `machine` is ISO 8601, for logs, files and attributes. A naive value raises ValueError.
    """
    return _written(_here(value, time_zone), style, locale or locales.current())


def _here(value: datetime, time_zone: str | None = None) -> datetime:
    """The moment as the clocks of the reader show it."""
    return _there(value, zone(time_zone))


def _there(value: datetime, clocks: ZoneInfo) -> datetime:
    if value.tzinfo is None:
        raise ValueError("naive datetime: times are stored and passed in UTC")
    return value.astimezone(clocks)


def _written(local: datetime, style: Style, locale: Locale) -> str:
    if style == "machine":
        return local.isoformat(timespec="seconds")
    clock = _clock(local.hour, local.minute, locale)
    if style == "time":
        return clock
    day = _day(local.date(), style, locale)
    return day + clock if style in _WITH_TIME else day


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    return localized(f"{hour:02d}:{minute:02d}", locale)


@lru_cache(maxsize=4096)
def _day(day: date, style: str, locale: Locale) -> str:
    """Write a day and what leads on to its time: a list has few of them and many rows."""
    how = _WITH_TIME.get(style, style)
    if locale.calendar == "jalali":
        solar = JalaliDate(day)  # type: ignore[no-untyped-call]
        written = _JALALI[how](solar, day)
    else:
        pattern = _GREGORIAN[how].replace(",", locale.comma)
        written = format_date(day, pattern, locale=locale.babel)
    if style in _WITH_TIME:
        written += " " if style == "short" else _JOINT[locale.calendar].format(locale.comma)
    return localized(written, locale)


class Teller:
    """Tells how long ago many moments of one page were; what they share is looked up once."""

    def __init__(self, now: datetime) -> None:
        self._locale, self._zone, self._now = locales.current(), zone(), now
        self._today = now.astimezone(self._zone).date()
        self._yesterday = _("yesterday, %(time)s")
        self._said: dict[tuple[str, int], str] = {}

    def ago(self, value: datetime) -> str:
        """Write how long ago that was; from the day before yesterday on, the date."""
        return self._ago(value, _there(value, self._zone))

    def tag(self, value: datetime) -> Markup:
        """Return a <time> that shows how long ago that was."""
        local = _there(value, self._zone)
        return _tag(local, self._ago(value, local), self._locale)

    def _ago(self, value: datetime, local: datetime) -> str:
        past, days = self._now - value, (self._today - local.date()).days
        if days > 1 or past < _NO_TIME:
            return _written(local, "date", self._locale)
        if past < _MINUTE:
            return _("just now")
        if past < _HOUR:
            return self._counted(past // _MINUTE, "minutes_ago")
        if days == 0:
            return self._counted(past // _HOUR, "hours_ago")
        return self._yesterday % {"time": _written(local, "time", self._locale)}

    def _counted(self, count: int, unit: str) -> str:
        """Write it once: a list says the same of many rows."""
        if (unit, count) not in self._said:
            self._said[unit, count] = _counted(count, unit)
        return self._said[unit, count]


def relative(value: datetime, now: datetime) -> str:
    """Write how long ago that was; from the day before yesterday on, the date."""
    return Teller(now).ago(value)


def duration(span: timedelta) -> str:
    """Write a span in its largest whole unit: seconds, minutes, hours or days."""
    seconds = int(span.total_seconds())
    if seconds < 120:
        return _counted(seconds, "seconds")
    if seconds < 2 * 3600:
        return _counted(seconds // 60, "minutes")
    if seconds < 48 * 3600:
        return _counted(seconds // 3600, "hours")
    return _counted(seconds // 86400, "days")


# The forms are told apart by the extractor, so each sentence stands whole.
_COUNTED: dict[str, Callable[[int], str]] = {
    "seconds": lambda count: _n("%(num)s second", "%(num)s seconds", count),
    "minutes": lambda count: _n("%(num)s minute", "%(num)s minutes", count),
    "hours": lambda count: _n("%(num)s hour", "%(num)s hours", count),
    "days": lambda count: _n("%(num)s day", "%(num)s days", count),
    "minutes_ago": lambda count: _n("%(num)s minute ago", "%(num)s minutes ago", count),
    "hours_ago": lambda count: _n("%(num)s hour ago", "%(num)s hours ago", count),
}


def _counted(count: int, unit: str) -> str:
    """Write a count with its unit; the number takes the reader's digits."""
    return localized(_COUNTED[unit](count), locales.current())


def number(value: float) -> str:
    """Write a number in running text, grouped, in the reader's digits."""
    return _number(value, locales.current())


def bounded(count: int, most: int) -> str:
    """Write a number that was counted until there were more than `most`: with a plus then."""
    return f"{number(most)}+" if count > most else number(count)


@lru_cache(maxsize=4096)
def _number(value: float, locale: Locale) -> str:
    return localized(format_decimal(value, locale=locale.babel, numbering_system="default"), locale)


def percent(hundredths: int) -> str:
    """Write a share as the language does: «۱۰۰٪», “100%”; the sign is of the same script."""
    locale = locales.current()
    written = format_percent(hundredths / 100, locale=locale.babel, numbering_system="default")
    if locale.digits.isascii():
        return written
    # Babel writes the Latin sign beside all digits. The mark in front counts as a letter, so that
    # the sign stands after the number in a cell of its own as well as in a sentence.
    return _LETTER + localized(written.replace("%", "٪"), locale)


def file_size(count: int) -> str:
    """Write a number of bytes as people read it: three digits at most, units of a thousand."""
    if count < 1000:
        return _n("%(shown)s byte", "%(shown)s bytes", count, shown=number(count))
    scaled, unit = count / 1000, 0
    while scaled >= 999.5 and unit < len(_SIZES) - 1:
        scaled, unit = scaled / 1000, unit + 1
    return str(_SIZES[unit]) % {"size": number(round(scaled, 1 if scaled < 9.95 else None))}


def listed(words: Iterable[str]) -> Markup:
    """Join machine words into a list in running text, each of them isolated.

    Without that, «SPF، DKIM و DMARC» would show DKIM before SPF.
    """
    isolated = [Markup('<bdi dir="ltr">{}</bdi>').format(word) for word in words]
    # What Babel puts against the disorder of bare words is not needed around isolated ones.
    joined = format_list(list(map(str, isolated)), locale=locales.current().babel)
    return Markup(joined.replace("\u200f", ""))  # noqa: S704 - escaped two lines above


# A page says the same of many moments. By type: markup is equal to the text that it was.
_escaped = lru_cache(maxsize=4096, typed=True)(escape)


def time_tag(value: datetime, shown: str) -> Markup:
    """Return a <time> that shows `shown`, with the full date for a pointer and ISO for machines."""
    return _tag(_here(value), shown, locales.current())


def _tag(local: datetime, shown: str, locale: Locale) -> Markup:
    exact, whole = local.isoformat(timespec="seconds"), _written(local, "full", locale)
    return Markup(  # noqa: S704  # dates of ours, and what is shown is escaped
        f'<time datetime="{exact}" title="{whole}">{_escaped(shown)}</time>'
    )
