"""One place for dates, times and numbers: Solar Hijri for Persian, Gregorian elsewhere.

Values are aware moments, stored in UTC. Calendar and digits hang on the language, never on a
template. Ports, codes and addresses are not numbers: leave them alone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime as babel_datetime
from babel.numbers import format_decimal
from flask import Flask, current_app
from markupsafe import Markup
from persiantools.jdatetime import JalaliDate

from app.i18n import locales
from app.i18n.digits import localized
from app.i18n.locales import Locale
from app.i18n.text import _, _n

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


def init_app(app: Flask, time_zone: Callable[[], str]) -> None:
    """Say who knows the time zone of the site."""
    app.extensions[_TIME_ZONE] = time_zone


def zone() -> ZoneInfo:
    """Return the time zone of the site: its days begin at its midnight."""
    return ZoneInfo(current_app.extensions[_TIME_ZONE]())


def format_datetime(value: datetime, style: Style = "medium", locale: Locale | None = None) -> str:
    """Write a moment in the reader's calendar, in the time zone of the site.

    `machine` is ISO 8601, for logs, files and attributes. A naive value raises ValueError.
    """
    if value.tzinfo is None:
        raise ValueError("naive datetime: times are stored and passed in UTC")
    locale = locale or locales.current()
    local = value.astimezone(zone())
    if style == "machine":
        return local.isoformat(timespec="seconds")
    if locale.calendar == "jalali":
        day = JalaliDate(local.date())  # type: ignore[no-untyped-call]
        return localized(_JALALI[style](day, local), locale)
    return localized(babel_datetime(local, _GREGORIAN[style], locale=locale.babel), locale)


def relative(value: datetime, now: datetime) -> str:
    """Write how long ago that was; from the day before yesterday on, the date."""
    past = now - value
    days = (now.astimezone(zone()).date() - value.astimezone(zone()).date()).days
    if past < timedelta(0) or days > 1:
        return format_datetime(value, "date")
    if past < timedelta(minutes=1):
        return str(_("just now"))
    if past < timedelta(hours=1):
        return _counted(int(past / timedelta(minutes=1)), "minutes_ago")
    if days == 0:
        return _counted(int(past / timedelta(hours=1)), "hours_ago")
    return str(_("yesterday, %(time)s", time=format_datetime(value, "time")))


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


def _counted(count: int, unit: str) -> str:
    """Write a count with its unit; the number takes the reader's digits."""
    sentences = {
        "seconds": lambda: _n("%(num)s second", "%(num)s seconds", count),
        "minutes": lambda: _n("%(num)s minute", "%(num)s minutes", count),
        "hours": lambda: _n("%(num)s hour", "%(num)s hours", count),
        "days": lambda: _n("%(num)s day", "%(num)s days", count),
        "minutes_ago": lambda: _n("%(num)s minute ago", "%(num)s minutes ago", count),
        "hours_ago": lambda: _n("%(num)s hour ago", "%(num)s hours ago", count),
    }
    return localized(sentences[unit](), locales.current())


def number(value: float) -> str:
    """Write a number in running text, grouped, in the reader's digits."""
    locale = locales.current()
    return localized(format_decimal(value, locale=locale.babel, numbering_system="latn"), locale)


def time_tag(value: datetime, shown: str) -> Markup:
    """Return a <time> that shows `shown`, with the full date for a pointer and ISO for machines."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        format_datetime(value, "machine"), format_datetime(value, "full"), shown
    )
