"""Where a page takes its sentences from."""

import os
from dataclasses import replace

import pytest

from app.i18n import catalogs, locales, pseudo, sentences
from app.i18n.text import _, _n, _p
from tests.house import sources

SOURCE = """
_("Users")
_n("%(num)s user", "%(num)s users", 2)
_p("verb", "Open")
"""


@pytest.fixture
def project(app, tmp_path, monkeypatch):
    """A small project in development, whose catalogs are looked at for every page."""
    (tmp_path / "babel.cfg").write_bytes((sources.ROOT / "babel.cfg").read_bytes())
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "module.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(sentences, "ROOT", tmp_path)
    monkeypatch.setitem(
        app.extensions, "peyk.config", replace(app.extensions["peyk.config"], mode="development")
    )
    catalogs.write(catalogs.template_path(tmp_path), catalogs.extract(tmp_path))
    return tmp_path


def translate(project, code, text, key=("", "Users"), at=1):
    """Write one sentence, as a translator who saves a file."""
    path = catalogs.locale_path(project, code)
    catalog = catalogs.merge(catalogs.extract(project), catalogs.new(code))
    catalogs.entries(catalog)[key].string = text
    catalogs.write(path, catalog)
    os.utime(path, (at, at))
    return path


def page(code="fa", sentence="Users"):
    """What the next page says."""
    with locales.use(code):
        return _(sentence)


def test_in_development_a_changed_catalog_shows_at_once(project):
    translate(project, "fa", "کاربران", at=1)
    assert page() == "کاربران"
    translate(project, "fa", "کاربرها", at=2)
    assert page() == "کاربرها"


def test_a_catalog_that_cannot_be_read_leaves_the_old_words(project, caplog):
    path = translate(project, "fa", "کاربران", at=1)
    assert page() == "کاربران"
    path.write_text('msgid "Users"\nmsgstr "کاربر\n', encoding="utf-8")
    assert page() == "کاربران"
    assert "messages.po cannot be read" in caplog.text


def test_elsewhere_the_compiled_catalog_counts(project, app, monkeypatch):
    config = replace(app.extensions["peyk.config"], mode="production")
    monkeypatch.setitem(app.extensions, "peyk.config", config)
    path = translate(project, "fa", "کاربران")
    assert page() == "\u2066Users\u2069"
    catalogs.compile_to(path.with_suffix(".mo"), catalogs.read(path, "fa"))
    sentences._compiled.cache_clear()
    assert page() == "کاربران"
    sentences._compiled.cache_clear()


def test_a_gap_is_english_that_keeps_its_direction(project):
    translate(project, "ar", "المستخدمون")
    with locales.use("ar"):
        assert _("Users") == "المستخدمون"
        assert _("Roles.") == "\u2066Roles.\u2069"
        assert _p("verb", "Open") == "\u2066Open\u2069"
        assert _n("%(num)s user", "%(num)s users", 2) == "\u20662 users\u2069"
    with locales.use("en"):
        assert _("Roles.") == "Roles."


def test_each_sentence_can_carry_its_line_in_the_catalog(project):
    path = translate(project, "fa", "کاربران")
    lines = path.read_text(encoding="utf-8").splitlines()
    with locales.use("fa"):
        sentences.number_sentences()
        shown = _("Users")
        assert _p("verb", "Open").startswith("\u2066Open")
        found = dict(sentences.numbered() or {})
    line = int(shown.removeprefix("کاربران⟦").removesuffix("⟧"))
    assert lines[line - 1] == 'msgid "Users"'
    assert found[line] == ("", "Users")
    assert ("verb", "Open") in found.values()


def test_a_mark_stands_after_filled_holes_too(project):
    with locales.use("en"):
        sentences.number_sentences()
        assert _n("%(num)s user", "%(num)s users", 2).startswith("2 users⟦")


@pytest.mark.parametrize(
    "sentence", ["%(num)s of %(total)d", "100 %% of {name}", "a <b>c</b>", "", "Sign in"]
)
def test_the_longer_pseudo_language_keeps_holes_and_tags(sentence):
    text = pseudo.accented(sentence)
    assert pseudo._KEPT.findall(text) == pseudo._KEPT.findall(sentence)
    assert (text[0], text[-1]) == ("[", "]")
    assert len(text) >= len(sentence) * 1.2


def test_the_pseudo_languages_are_for_developers(app, project):
    assert "xa" in locales.offered()
    with locales.use("xa"):
        assert _("Users").startswith("[Ûšéŕš")
    with locales.use("xb"):
        assert (_("Users"), locales.current().direction) == ("Users", "rtl")
    app.extensions["peyk.config"] = replace(app.extensions["peyk.config"], mode="production")
    assert locales.offered().keys() == locales.LOCALES.keys()


def test_every_language_is_known_by_its_babel_name_alone():
    rows = [*locales.LOCALES.values(), *locales.PSEUDO.values()]
    assert len({row.babel for row in rows}) == len(rows)
    for row in rows:
        assert len(row.digits) == 10
