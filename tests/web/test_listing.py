"""What the lists share: the place in the address, filters that stay, files for spreadsheets."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app.core.pagination import Cursor
from app.i18n import dates, locales
from app.web.http.csv_export import csv_response, safe_cell
from app.web.lists import days, listing


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", None),
        ("before=12", Cursor(12)),
        ("after=12", Cursor(12, newer=True)),
        ("before=-1", None),
        ("before=۱۲", None),
        ("before=99999999999999999999", None),
        ("before=9999999999", None),
        ("before=x&after=5", Cursor(5, newer=True)),
    ],
)
def test_the_place_in_a_list_is_a_number_or_the_beginning(app: Flask, query, place):
    with app.test_request_context(f"/login?{query}"):
        assert listing.cursor() == place


def test_addresses_keep_the_filters_and_forget_the_place(app: Flask):
    with app.test_request_context("/login?state=failed&q=علی&before=9&lang=fa&empty="):
        app.preprocess_request()
        assert listing.page_url(Cursor(4)).endswith("?state=failed&q=%D8%B9%D9%84%DB%8C&before=4")
        assert listing.filtered_url("state", "sent").endswith("?q=%D8%B9%D9%84%DB%8C&state=sent")
        assert listing.filtered_url("q").endswith("?state=failed")
        assert listing.plain_url() == "/login"
        assert listing.is_filtered()


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_is_a_formula(evil):
    assert str(safe_cell(evil)).startswith("'")


def test_numbers_and_plain_words_stay_as_they_are():
    assert safe_cell(-4) == -4
    assert safe_cell(None) == ""
    assert safe_cell("نیکا") == "نیکا"


def test_a_file_is_streamed_and_opens_in_persian(app: Flask):
    with app.test_request_context("/"):
        answer = csv_response("people", ["نام"], ([f"شماره {n}"] for n in range(450)))
        text = "".join(
            part.decode() if isinstance(part, bytes) else part for part in answer.response
        )
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert (rows[0], rows[-1], len(rows)) == (["نام"], ["شماره 449"], 451)
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fa", [("۱۴۰۵/۰۹/۰۳", "امروز"), ("۱۴۰۵/۰۸/۳۰", "این هفته")]),
        ("en", [("2026-11-24", "Today"), ("2026-11-23", "This week")]),
    ],
)
def test_a_list_suggests_today_and_the_week_of_the_reader(app: Flask, code, expected):
    """On that Tuesday the Persian week had begun on Saturday, the English one on Monday."""
    with app.test_request_context("/"), locales.use(code):
        suggested = days.suggested(datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert list(suggested[:2]) == expected
    assert [dates.parse(day) for day, _name in suggested][-1] == date(2026, 10, 25)
