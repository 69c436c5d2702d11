"""The chart of mail: its bars, their names in words, and the same numbers as a table."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import LazyString

from app.i18n import locales
from app.i18n.formats import number
from app.i18n.text import _, _l
from app.mail.status import traffic
from app.mail.status.traffic import Counts
from app.web.dashboard import spans
from app.web.dashboard.chart import Drawing, draw
from app.web.dashboard.spans import Period, Span

_LATELY = timedelta(hours=24)
_TITLES: Final = {
    Span.DAY: _l("Mail of the last 24 hours"),
    Span.WEEK: _l("Mail of the last 7 days"),
    Span.MONTH: _l("Mail of the last 30 days"),
}
_CHOICES: Final = {
    Span.DAY: _l("24 hours"),
    Span.WEEK: _l("7 days"),
    Span.MONTH: _l("30 days"),
}
_SERIES: Final = (
    ("primary", _l("Accepted by the primary")),
    ("secondary", _l("Accepted by the secondary")),
    # i18n: a round of delivery in which no server took the mail; it is tried again later.
    ("deferred", _l("Deferred")),
    ("failed", _l("Given up")),
)
_NOTHING: Final = {
    Span.DAY: _l("No mail in the last 24 hours."),
    Span.WEEK: _l("No mail in the last 7 days."),
    Span.MONTH: _l("No mail in the last 30 days."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to another stretch of time."""

    title: LazyString
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the chart: its name and its sum."""

    name: str
    title: LazyString
    total: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One period with its numbers, as the table and the pointer tell them."""

    period: Period
    counts: Counts

    @property
    def told(self) -> str:
        """The numbers that are not zero, a line each, under the name of the period."""
        pairs = zip(_SERIES, self.counts.values, strict=True)
        lines = [
            _("%(what)s: %(count)s", what=title, count=number(value))
            for (_name, title), value in pairs
            if value
        ]
        return "\n".join([self.period.name, *(lines or [str(_("No mail"))])])


@dataclass(frozen=True, slots=True)
class MailChart:
    """Everything that the template draws."""

    title: LazyString
    choices: tuple[Choice, ...]
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    drawing: Drawing
    nothing: LazyString | None
    is_whole: bool

    @property
    def summary(self) -> str:
        """The whole in a sentence, for those who do not see it."""
        sums = {series.name: number(series.total) for series in self.series}
        return str(
            _(
                "Accepted by the primary: %(primary)s; by the secondary: %(secondary)s; "
                "deferred: %(deferred)s; given up: %(failed)s.",
                **sums,
            )
        )


def read(span: Span, now: datetime) -> tuple[MailChart, Counts]:
    """Return the chart, and what became of mail in the last 24 hours: two queries."""
    periods = spans.periods(span, now)
    starts = [period.start for period in periods]
    lately = now - _LATELY
    marks = sorted({*starts, lately})
    found = traffic.between(marks)
    counted, of_lately = [Counts()] * len(starts), Counts()
    for mark, counts in zip(marks, found.counts, strict=True):
        if mark >= starts[0]:
            counted[bisect(starts, mark) - 1] += counts
        if mark >= lately:
            of_lately += counts
    return _chart(span, periods, counted, is_whole=found.is_whole), of_lately


def _chart(
    span: Span, periods: Sequence[Period], counted: Sequence[Counts], *, is_whole: bool
) -> MailChart:
    total = sum(counted, Counts())
    bars = tuple(Bar(period, counts) for period, counts in zip(periods, counted, strict=True))
    rtl = locales.current().direction == "rtl"
    return MailChart(
        title=_TITLES[span],
        choices=tuple(_choice(other, is_current=other is span) for other in Span),
        series=tuple(
            Series(name, title, value)
            for (name, title), value in zip(_SERIES, total.values, strict=True)
        ),
        bars=bars,
        drawing=draw([bar.counts.values for bar in bars], rtl=rtl),
        nothing=None if any(total.values) or not is_whole else _NOTHING[span],
        is_whole=is_whole,
    )


def _choice(span: Span, *, is_current: bool) -> Choice:
    url = url_for("dashboard.overview", span=span.value, _anchor="mail")
    return Choice(_CHOICES[span], url, is_current)
