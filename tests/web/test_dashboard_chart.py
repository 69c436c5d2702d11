"""The chart: where bars stand, how high they are, and which stretch of time each one is."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.i18n import locales
from app.web.dashboard import chart, spans
from app.web.dashboard.spans import Span

AFTERNOON = datetime(2026, 11, 24, 14, 20, tzinfo=UTC)  # 17:50 in Tehran, which is 3:30 ahead


def boxes(path):
    """The bars of a path: place, upper edge, width, height."""
    found = []
    for part in path.split("M")[1:]:
        start, rest = part.split("h", 1)
        width, rest = rest.split("v", 1)
        height = rest.split("h", 1)[0]
        x, y = start.split()
        found.append((float(x), float(y), float(width), float(height)))
    return found


@pytest.mark.parametrize(
    ("greatest", "top"),
    [(0, 4), (4, 4), (5, 8), (9, 12), (13, 16), (21, 40), (99, 100), (1_000_000, 1_000_000)],
)
def test_the_axis_ends_at_a_round_number_above_everything(greatest, top):
    assert chart.ceiling(greatest) == top


def test_parts_stand_on_one_another_in_their_order():
    drawing = chart.draw([(2, 1, 0, 1)], rtl=False)
    heights = [boxes(path) for path in drawing.paths]
    assert [box[0][3] for box in (heights[0], heights[1], heights[3])] == [100, 50, 50]
    assert [box[0][1] for box in (heights[0], heights[1], heights[3])] == [100, 50, 0]
    assert heights[2] == []


def test_time_runs_with_the_text():
    bars = [(1,), (0,), (2,)]
    to_the_right = boxes(chart.draw(bars, rtl=False).paths[0])
    to_the_left = boxes(chart.draw(bars, rtl=True).paths[0])
    assert to_the_right[0][0] < to_the_right[1][0]
    assert to_the_left[0][0] > to_the_left[1][0]
    assert to_the_right[0][0] + to_the_left[0][0] + to_the_left[0][2] == chart.WIDTH


def test_one_failure_beside_thousands_is_seen_and_nothing_leaves_the_drawing():
    drawing = chart.draw([(4000, 0, 0, 1)], rtl=False)
    (accepted,), (failed,) = boxes(drawing.paths[0]), boxes(drawing.paths[3])
    assert failed[3] >= 3
    assert failed[1] >= 0
    assert accepted[1] + accepted[3] == chart.HEIGHT


def test_without_any_mail_there_is_an_empty_drawing():
    drawing = chart.draw([(0, 0, 0, 0)] * 24, rtl=True)
    assert set(drawing.paths) == {""}
    assert drawing.marks == (4, 3, 2, 1, 0)


def test_the_paths_are_sound():
    drawing = chart.draw([(n, n % 3, n % 2, n % 5) for n in range(30)], rtl=True)
    assert all(drawing.paths)
    for path in drawing.paths:
        assert set(path) <= set("Mhvz -.0123456789")
        for x, y, width, height in boxes(path):
            assert 0 <= x <= x + width <= chart.WIDTH
            assert -0.1 <= y <= y + height <= chart.HEIGHT + 0.1


@pytest.mark.usefixtures("app")
class TestSpans:
    @pytest.mark.parametrize(("span", "bars"), [("24h", 24), ("7d", 7), ("30d", 30)])
    def test_a_span_has_its_bars_and_the_last_one_is_now(self, span, bars):
        found = spans.periods(Span(span), AFTERNOON)
        assert len(found) == bars
        assert found[-1].start <= AFTERNOON < found[-1].start + timedelta(days=1)

    def test_hours_begin_where_the_sites_clock_says_so(self):
        last = spans.periods(Span.DAY, AFTERNOON)[-1]
        assert last.start == AFTERNOON.replace(hour=13, minute=30)
        with locales.use("en"):
            assert spans.periods(Span.DAY, AFTERNOON)[-1].name == "17:00"

    def test_days_begin_at_the_sites_midnight(self):
        last = spans.periods(Span.MONTH, AFTERNOON)[-1]
        assert last.start == datetime(2026, 11, 23, 20, 30, tzinfo=UTC)

    def test_after_the_sites_midnight_a_new_day_has_begun(self):
        night = datetime(2026, 11, 24, 20, 31, tzinfo=UTC)
        assert spans.periods(Span.WEEK, night)[-1].start == night.replace(minute=30)

    def test_where_the_clock_changes_a_day_has_its_own_length(self, configure):
        configure(time_zone="Europe/Berlin")
        days = spans.periods(Span.WEEK, datetime(2026, 10, 27, 12, tzinfo=UTC))
        starts = [day.start for day in days]
        lengths = {after - before for before, after in pairwise(starts)}
        assert lengths == {timedelta(hours=24), timedelta(hours=25)}

    def test_persian_names_are_solar_in_persian_digits(self):
        with locales.use("fa"):
            day = spans.periods(Span.WEEK, AFTERNOON)[-1]
        assert (day.name, day.label) == ("سه‌شنبه ۳\u00a0آذر", "۳\u00a0آذر")

    def test_few_labels_so_that_they_do_not_touch(self):
        assert sum(bool(one.label) for one in spans.periods(Span.DAY, AFTERNOON)) == 6
        assert sum(bool(one.label) for one in spans.periods(Span.MONTH, AFTERNOON)) == 6
