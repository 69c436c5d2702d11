"""The frame of all mails."""

import pytest
from jinja2 import ChoiceLoader, DictLoader

from app.i18n import locales
from tests.page import read

HTML = """{% extends "mail/_base.html" %}
{% block preheader %}{{ _("Sign in") }}{% endblock %}
{% block greeting %}<bdi>{{ name }}</bdi>{% endblock %}
{% block paragraphs %}{{ mail.p("One.") }}{% endblock %}
{% block button %}{{ mail.button(link, "Press") }}{% endblock %}
{% block footer %}The end.{% endblock %}"""
TEXT = """{% extends "mail/_base.txt" %}
{% block greeting %}Hello{% endblock %}
{% block paragraphs %}One.{% endblock %}
{% block link %}{{ link }}{% endblock %}"""
BARE = """{% extends "mail/_base.html" %}"""
LINK = "https://support.example.com/activate/a&b"


@pytest.fixture
def write(app):
    def render(name, code):
        with locales.use(code) as locale:
            values = {"locale": locale, "subject": "Subject", "name": "<b>", "link": LINK}
            ours = DictLoader({"a.html": HTML, "a.txt": TEXT, "bare.html": BARE})
            env = app.jinja_env.overlay(loader=ChoiceLoader([ours, app.jinja_env.loader]))
            return env.get_template(name).render(values)

    return render


@pytest.mark.parametrize(
    ("code", "direction", "side"), [("fa", "rtl", "right"), ("en", "ltr", "left")]
)
def test_the_direction_is_said_on_four_levels(write, code, direction, side):
    page = read(write("a.html", code))
    html, body = page.root.all("html")[0], page.root.all("body")[0]
    tables = page.root.all("table")
    cell = next(cell for cell in page.root.all("td") if "pad" in cell.get("class"))
    assert [e.get("dir") for e in (html, body, *tables[:2], cell)] == [direction] * 5
    assert cell.get("align") == side
    assert f"direction:{direction}" in cell.get("style")
    assert f"text-align:{side}" in cell.get("style")


def test_the_whole_link_stands_below_the_button(write):
    page = read(write("a.html", "fa"))
    links = [link.get("href") for link in page.root.all("a")]
    assert links == [LINK, LINK]
    assert page.root.all("a")[1].text == LINK
    assert next(e.get("dir") for e in page.root.all("a")[1].around()) == "ltr"


def test_a_mail_has_one_heading_and_escapes_names(write):
    html = write("a.html", "en")
    assert read(html).h1 == "Subject"
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_a_mail_loads_nothing_and_runs_nothing(write):
    page = read(write("a.html", "fa"))
    assert page.root.all("img", "script", "link", "iframe", "form") == []
    assert "url(" not in write("a.html", "fa")


def test_empty_parts_leave_no_gap(write):
    assert "margin:0 0 8px" not in write("bare.html", "fa")
    assert "\n\n\n" not in write("a.txt", "fa")


def test_in_plain_text_the_link_stands_alone(write):
    text = write("a.txt", "fa")
    assert f"\n\n{LINK}\n\n" in text
    assert text.strip().startswith("Hello")


def test_plain_text_is_not_escaped(write):
    assert "&amp;" not in write("a.txt", "en")
