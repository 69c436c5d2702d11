"""What templates write: markup as it is, everything else escaped, as `markupsafe` would do it."""

import pytest
from jinja2 import DictLoader
from markupsafe import Markup, escape

from app.web import compile_ahead
from app.web.drawing.environment import PlainEnvironment


class Spoken:
    """Something with markup of its own."""

    def __html__(self):
        return "<b>it</b>"

    def __str__(self):
        return "<it>"


class Text(str):
    """A text of another class."""

    __slots__ = ()


VALUES = (
    "a < b & c > \"d\" 'e'",
    Markup("<b>bold</b>"),
    Text("<i>"),
    Spoken(),
    7,
    True,
    None,
    1.5,
    ["<i>"],
    ValueError("<i>"),
)
PAGES = {
    "output": "{{ value }}",
    "in a macro": "{% macro m(value) %}{{ value }}{% endmacro %}{{ m(value) }}",
    "in a call": "{% macro m() %}{{caller()}}{% endmacro %}{% call m() %}{{value}}{% endcall %}",
    "kept": "{% set kept %}{{ value }}{% endset %}{{ kept }}",
    "in a part": "{% include 'part.html' %}",
}


def written(app, page, value, *, autoescape=True):
    parts = {"page.html": page, "part.html": "{{ value }}"}
    environment = PlainEnvironment(app, loader=DictLoader(parts), autoescape=autoescape)
    return environment.get_template("page.html").render(value=value)


@pytest.mark.parametrize("value", VALUES, ids=[type(value).__name__ for value in VALUES])
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_whatever_a_page_writes_is_escaped_once(app, page, value):
    assert written(app, page, value) == str(escape(value))


def test_plain_text_is_not_escaped(app):
    assert written(app, "{{ value }}", "a < b", autoescape=False) == "a < b"


@pytest.mark.parametrize(("wanted", "shown"), [(True, "a &lt; b"), (False, "a < b")])
def test_a_page_may_decide_while_it_is_written(app, wanted, shown):
    page = "{% autoescape wanted %}{{ value }}{% endautoescape %}"
    environment = PlainEnvironment(app, loader=DictLoader({"page.html": page}))
    assert environment.get_template("page.html").render(wanted=wanted, value="a < b") == shown


@pytest.mark.parametrize("path", ["/login", "/register", "/activate/unknown", "/nowhere"])
def test_no_visitor_waits_until_a_page_is_compiled(app, client, monkeypatch, path):
    compile_ahead(app)
    monkeypatch.setattr(app.jinja_env, "compile", None)
    assert client.get(path).text.rstrip().endswith("</html>")
