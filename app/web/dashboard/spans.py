"""The stretches of time of the chart: a day by its hours, a week or a month by their days.

Hours and days begin where the reader's clock says so, whatever the hour is in UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from app.i18n.formats import format_datetime, zone

_HOURS = 24
_LABEL_EVERY_HOURS = 4
_DAYS = {"7d": 7, "30d": 30}
_LABEL_EVERY_DAYS = {"7d": 1, "30d": 5}
# Not under the last bar of many: the words would stand out over the edge.
_LABEL_FROM = {"7d": 0, "30d": 2}


class Span(StrEnum):
    """How far the chart looks back."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


@dataclass(frozen=True, slots=True)
class Period:
    """One bar's time: when it begins, what it is called, and what stands under it, if anything."""

    start: datetime
    name: str
    label: str


def periods(span: Span, now: datetime) -> list[Period]:
    """Return the bars' times, the oldest first; the last one is not over yet."""
    return list(_hours(now) if span is Span.DAY else _days(span, now))


def _hours(now: datetime) -> Iterator[Period]:
    this_hour = now.astimezone(zone()).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    for back in range(_HOURS - 1, -1, -1):
        start = this_hour - timedelta(hours=back)
        name = format_datetime(start, "time")
        is_told = start.astimezone(zone()).hour % _LABEL_EVERY_HOURS == 0
        yield Period(start, name, name if is_told else "")


def _days(span: Span, now: datetime) -> Iterator[Period]:
    today = now.astimezone(zone()).date()
    for back in range(_DAYS[span] - 1, -1, -1):
        midnight = datetime.combine(today - timedelta(days=back), time(), zone()).astimezone(UTC)
        is_told = back % _LABEL_EVERY_DAYS[span] == _LABEL_FROM[span]
        label = format_datetime(midnight, "day") if is_told else ""
        yield Period(midnight, format_datetime(midnight, "weekday"), label)
