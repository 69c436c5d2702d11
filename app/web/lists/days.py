"""Two days between which a list looks, as people type them: in their calendar, with any digits."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from app.i18n import dates, locales
from app.i18n.text import _

FIRST, LAST = "from", "to"
_LONG_AGO = timedelta(days=30)


def suggested(now: datetime) -> tuple[tuple[str, str], ...]:
    """Return days from which people often look, as they are typed, each with its name."""
    today, locale = dates.today(now), locales.current()
    named = (
        (today, _("Today")),
        (dates.week_of(today, locale), _("This week")),
        (today - _LONG_AGO, _("The last 30 days")),
    )
    return tuple((dates.written(day, locale), name) for day, name in named)


def between(
    typed: Mapping[str, str], errors: dict[str, str]
) -> tuple[datetime | None, datetime | None]:
    """Return the moments at which the days begin and end; what is no day is said in `errors`."""
    first, last = _day(typed, FIRST, errors), _day(typed, LAST, errors)
    if first and last and last < first:
        errors[LAST] = _("This day is before the first one.")
        last = None
    return (
        dates.beginning(first) if first else None,
        dates.beginning(last + timedelta(days=1)) if last else None,
    )


def _day(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        return dates.parse(typed[name])
    except dates.InvalidDate:
        errors[name] = _("There is no such day in the calendar. Write year, month and day.")
        return None
