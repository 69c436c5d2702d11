"""Dates, numbers, spans and lists as each language writes them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.i18n import dates, formats, locales
from app.web.drawing.markup import ltr

# From the tables of the calendar centre of the University of Tehran; leap years among them.
DAYS = [
    ("1921-03-21", "۱ فروردین ۱۳۰۰"),
    ("1926-03-21", "۳۰ اسفند ۱۳۰۴"),
    ("1979-02-11", "۲۲ بهمن ۱۳۵۷"),
    ("2000-03-20", "۱ فروردین ۱۳۷۹"),
    ("2017-03-20", "۳۰ اسفند ۱۳۹۵"),
    ("2021-03-20", "۳۰ اسفند ۱۳۹۹"),
    ("2025-03-20", "۳۰ اسفند ۱۴۰۳"),
    ("2025-03-21", "۱ فروردین ۱۴۰۴"),
    ("2026-03-20", "۲۹ اسفند ۱۴۰۴"),
    ("2026-11-25", "۴ آذر ۱۴۰۵"),
    ("2030-03-20", "۳۰ اسفند ۱۴۰۸"),
    ("2059-03-20", "۲۹ اسفند ۱۴۳۷"),
    ("2092-03-19", "۲۹ اسفند ۱۴۷۰"),
    ("2120-12-31", "۱۰ دی ۱۴۹۹"),
]
LEAP = {1354, 1358, 1362, 1366, 1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403}
LEAP |= {1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441}
NOON = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def plain(text):
    """Forget which spaces hold a day together."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(("iso", "expected"), DAYS)
def test_a_day_has_its_solar_hijri_name(app, iso, expected):
    noon = datetime.fromisoformat(f"{iso}T12:00:00+00:00")
    assert plain(formats.format_datetime(noon, "date", locales.get("fa"))) == expected
    assert dates.parse(expected).isoformat() == iso


@pytest.mark.parametrize("year", range(1354, 1442))
def test_the_leap_years_are_those_of_the_almanac(year):
    thirtieth = f"{year}/12/30"
    if year in LEAP:
        assert dates.written(dates.parse(thirtieth), locales.get("fa")).endswith("/۱۲/۳۰")
    else:
        with pytest.raises(dates.InvalidDate):
            dates.parse(thirtieth)


@pytest.mark.parametrize(
    ("code", "style", "expected"),
    [
        ("fa", "medium", "۴ آذر ۱۴۰۵، ساعت ۱۲:۰۰"),
        ("fa", "short", "۱۴۰۵/۰۹/۰۴ ۱۲:۰۰"),
        ("fa", "full", "چهارشنبه ۴ آذر ۱۴۰۵، ساعت ۱۲:۰۰"),
        ("en", "medium", "25 November 2026, 12:00"),
        ("en", "short", "2026-11-25 12:00"),
        ("ar", "medium", "٢٥ نوفمبر ٢٠٢٦، ١٢:٠٠"),
        ("ar", "full", "الأربعاء، ٢٥ نوفمبر ٢٠٢٦، ١٢:٠٠"),
        ("ar", "machine", "2026-11-25T12:00:00+03:30"),
    ],
)
def test_a_moment_follows_the_row_of_its_language(app, code, style, expected):
    assert plain(formats.format_datetime(NOON, style, locales.get(code))) == expected


def test_midnight_belongs_to_the_time_zone(app):
    fa = locales.get("fa")
    before = datetime(2025, 3, 20, 20, 29, tzinfo=UTC)
    assert plain(formats.format_datetime(before, "date", fa)) == "۳۰ اسفند ۱۴۰۳"
    after = before + timedelta(minutes=1)
    assert plain(formats.format_datetime(after, "medium", fa)) == "۱ فروردین ۱۴۰۴، ساعت ۰۰:۰۰"


def test_tehran_has_no_summer_time_any_more(app):
    fa = locales.get("fa")
    noon = datetime(2021, 7, 1, 12, tzinfo=UTC)
    assert formats.format_datetime(noon, "time", fa) == "۱۶:۳۰"
    assert formats.format_datetime(noon.replace(year=2023), "time", fa) == "۱۵:۳۰"


@pytest.mark.parametrize(
    ("code", "expected"), [("fa", "۱۲٬۳۴۵٫۶"), ("ar", "١٢٬٣٤٥٫٦"), ("en", "12,345.6")]
)
def test_a_number_has_the_digits_and_the_marks_of_its_language(app, code, expected):
    with locales.use(code):
        assert formats.number(12345.6) == expected


@pytest.mark.parametrize(
    ("code", "count", "expected"),
    [
        ("fa", 1, "۱ بایت"),
        ("fa", 1_536, "۱٫۵ کیلوبایت"),
        ("en", 999, "999 bytes"),
        ("en", 999_400, "999 KB"),
        ("en", 999_600, "1 MB"),
        ("en", 262_144, "262 KB"),
        ("en", 7_340_032, "7.3 MB"),
        ("en", 10**15, "1,000,000 GB"),
    ],
)
def test_a_file_has_a_size_for_people(app, code, count, expected):
    with locales.use(code):
        assert formats.file_size(count) == expected


@pytest.mark.parametrize(
    ("code", "share", "expected"),
    [
        ("fa", 100, "\u061c۱۰۰٪"),
        ("fa", 0, "\u061c۰٪"),
        ("ar", 57, "\u061c٥٧٪"),
        ("en", 29, "29%"),
    ],
)
def test_a_share_has_the_sign_of_its_digits(app, code, share, expected):
    with locales.use(code):
        assert formats.percent(share) == expected


def test_no_line_ends_inside_a_day_or_before_a_time(app):
    with locales.use("fa"):
        assert formats.format_datetime(NOON, "full") == "چهارشنبه ۴\u00a0آذر ۱۴۰۵، ساعت\u00a0۱۲:۰۰"


def test_the_sign_of_a_share_stands_where_the_language_has_it(app, monkeypatch):
    turkish = replace(locales.get("en"), code="tr", babel="tr_TR")
    monkeypatch.setattr(locales, "current", lambda: turkish)
    assert formats.percent(57) == "%57"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "دقيقة واحدة"),
        (2, "دقيقتان"),
        (5, "٥ دقائق"),
        (11, "١١ دقيقة"),
        (100, "١٠٠ دقيقة"),
        (103, "١٠٣ دقائق"),
    ],
)
def test_arabic_counts_in_six_forms(app, count, expected):
    with locales.use("ar"):
        sentence = formats._counted(count, "minutes")
    assert sentence == expected


def test_the_words_of_a_list_are_isolated_one_by_one(app):
    with locales.use("fa"):
        said = formats.listed(["SPF", "DKIM", "<b>"])
    assert said == f"{ltr('SPF')}، {ltr('DKIM')}، و {ltr('<b>')}"
    assert "\u200f" not in said
    with locales.use("en"):
        assert formats.listed(["A", "B"]) == f"{ltr('A')} and {ltr('B')}"
        assert formats.listed([]) == ""


@pytest.mark.parametrize(
    ("code", "first"), [("fa", "2026-11-21"), ("ar", "2026-11-21"), ("en", "2026-11-23")]
)
def test_a_week_begins_as_the_language_says(code, first):
    assert dates.week_of(date(2026, 11, 25), locales.get(code)).isoformat() == first
    assert dates.week_of(date.fromisoformat(first), locales.get(code)).isoformat() == first


@pytest.mark.parametrize(
    "typed",
    [
        "۱۴۰۵/۰۹/۰۴",
        "1405-9-4",
        "٤ آذر ١٤٠٥",
        "2026-11-25",
        "25 November 2026",
        "۲۰۲۶/۱۱/۲۵",
        "14050904",
    ],
)
def test_a_day_can_be_typed_in_both_calendars_and_any_digits(typed):
    assert dates.parse(typed) == date(2026, 11, 25)


@pytest.mark.parametrize("typed", ["", "آذر", "۱۴۰۵/۱۳/۰۱", "1404/12/30", "0000-00-00", "٩" * 500])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(dates.InvalidDate):
        dates.parse(typed)


def test_a_language_is_called_as_its_reader_calls_it():
    fa, en, ar = (locales.get(code) for code in ("fa", "en", "ar"))
    assert [one.called_in(fa) for one in (fa, en, ar)] == ["فارسی", "انگلیسی", "عربی"]
    assert [one.called_in(en) for one in (fa, en, ar)] == ["Persian", "English", "Arabic"]
    assert locales.PSEUDO["xb"].called_in(fa) == locales.PSEUDO["xb"].name
