"""One place for dates, times and numbers: Solar Hijri for Persian, Gregorian elsewhere.

Values are aware moments, stored in UTC. Calendar and digits hang on the language, never on a
template. Ports, codes and addresses are not numbers: leave them alone.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime as babel_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, current_app
from markupsafe import Markup, escape
from persiantools.jdatetime import JalaliDate

from app.i18n import locales
from app.i18n.digits import localized
from app.i18n.locales import Locale
from app.i18n.text import _, _l, _n

Style = Literal["date", "time", "day", "weekday", "short", "medium", "full", "machine"]

_TIME_ZONE = "peyk.time_zone"
# They belong to the calendar, not to a sentence: no translator should have to type them.
MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
_DAYS = "دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه".split()
_JALALI: dict[str, Callable[[JalaliDate, datetime], str]] = {
    "date": lambda day, _at: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    "time": lambda _day, at: f"{at:%H:%M}",
    "day": lambda day, _at: f"{day.day} {MONTHS[day.month - 1]}",
    "weekday": lambda day, at: f"{_DAYS[at.weekday()]} {_JALALI['day'](day, at)}",
    "short": lambda day, at: f"{day.year}/{day.month:02d}/{day.day:02d} {at:%H:%M}",
    "medium": lambda day, at: f"{_JALALI['date'](day, at)}، ساعت {at:%H:%M}",
    "full": lambda day, at: f"{_DAYS[at.weekday()]} {_JALALI['medium'](day, at)}",
}
_GREGORIAN = {
    "date": "d MMMM y",
    "time": "HH:mm",
    "day": "d MMM",
    "weekday": "EEEE, d MMM",
    "short": "y-MM-dd HH:mm",
    "medium": "d MMMM y, HH:mm",
    "full": "EEEE, d MMMM y, HH:mm",
}


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
    if value.tzinfo is None:
        raise ValueError("naive datetime: times are stored and passed in UTC")
    return value.astimezone(zone(time_zone))


def _written(local: datetime, style: Style, locale: Locale) -> str:
    if style == "machine":
        return local.isoformat(timespec="seconds")
    if locale.calendar == "jalali":
        return localized(_JALALI[style](_jalali(local.date()), local), locale)
    pattern = _GREGORIAN[style].replace(",", locale.comma)
    return localized(babel_datetime(local, pattern, locale=locale.babel), locale)


@lru_cache(maxsize=4096)
def _jalali(day: date) -> JalaliDate:
    """Turn a day into one of the Solar Hijri calendar: a list has few days and many rows."""
    return JalaliDate(day)  # type: ignore[no-untyped-call]


def relative(value: datetime, now: datetime) -> str:
    """Write how long ago that was; from the day before yesterday on, the date."""
    past, local = now - value, _here(value)
    days = (now.astimezone(local.tzinfo).date() - local.date()).days
    if past < timedelta(0) or days > 1:
        return _written(local, "date", locales.current())
    if past < timedelta(minutes=1):
        return _("just now")
    if past < timedelta(hours=1):
        return _counted(int(past / timedelta(minutes=1)), "minutes_ago")
    if days == 0:
        return _counted(int(past / timedelta(hours=1)), "hours_ago")
    return _("yesterday, %(time)s", time=_written(local, "time", locales.current()))


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


@lru_cache(maxsize=4096)
def _number(value: float, locale: Locale) -> str:
    return localized(format_decimal(value, locale=locale.babel, numbering_system="default"), locale)


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


def time_tag(value: datetime, shown: str) -> Markup:
    """Return a <time> that shows `shown`, with the full date for a pointer and ISO for machines."""
    local, locale = _here(value), locales.current()
    exact, whole = local.isoformat(timespec="seconds"), _written(local, "full", locale)
    return Markup(  # noqa: S704  # dates of ours, and what is shown is escaped
        f'<time datetime="{exact}" title="{whole}">{escape(shown)}</time>'
    )
