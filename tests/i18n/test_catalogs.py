import gettext
import subprocess
from collections import defaultdict

import pytest

from app.i18n import catalogs
from tests.house.sources import ROOT
from tests.needs import program

MODULE = """
_("Saved by %(name)s.", name=name)
_n("%(num)d user", "%(num)d users", count)
# i18n: on a button
_p("verb", "Open")
_l("Open")
"""
PAGE = """
{# i18n: the title #}
<h1>{{ _("Users") }}</h1>
{{ _n("%(num)d user", "%(num)d users", 3) }} {{ _p("state", "Open") }}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "app" / "static").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (tmp_path / "babel.cfg").write_bytes((ROOT / "babel.cfg").read_bytes())
    (tmp_path / "app" / "module.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "templates" / "page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def filled(catalog):
    for message in catalogs.entries(catalog).values():
        plural = not isinstance(message.id, str)
        message.string = ("%(num)d کاربر", "%(num)d کاربر") if plural else "الف"
    return catalog


def test_every_keyword_is_found_in_code_and_in_pages(project):
    assert set(catalogs.entries(catalogs.extract(project))) == {
        ("", "Saved by %(name)s."),
        ("", "%(num)d user"),
        ("verb", "Open"),
        ("state", "Open"),
        ("", "Open"),
        ("", "Users"),
    }


def test_comments_for_translators_are_kept(project):
    entries = catalogs.entries(catalogs.extract(project))
    assert entries["verb", "Open"].auto_comments == ["on a button"]
    assert entries["", "Users"].auto_comments == ["the title"]


def test_a_page_that_cannot_be_parsed_stops_the_extraction(project):
    (project / "templates" / "broken.html").write_text('{{ _("Lost" }}', encoding="utf-8")
    with pytest.raises(Exception, match=r"expected token|unexpected"):
        catalogs.extract(project)


def test_what_is_written_is_read_again_and_then_unchanged(project):
    template = catalogs.extract(project)
    path = catalogs.locale_path(project, "fa")
    assert catalogs.write(path, filled(catalogs.merge(template, catalogs.new("fa"))))
    again = catalogs.merge(template, catalogs.read(path, "fa"))
    assert not catalogs.write(path, again)


def test_a_file_carries_no_dates_and_no_line_numbers(project):
    text = catalogs.dump(catalogs.extract(project)).decode()
    assert "Date" not in text
    assert "#: app/module.py templates/page.html\n" in text


def test_a_removed_sentence_leaves_the_catalog_and_a_new_one_is_empty(project):
    catalog = filled(catalogs.merge(catalogs.extract(project), catalogs.new("fa")))
    (project / "app" / "module.py").write_text('_("Saved by %(who)s.")', encoding="utf-8")
    entries = catalogs.entries(catalogs.merge(catalogs.extract(project), catalog))
    assert ("", "Saved by %(name)s.") not in entries
    assert catalogs.texts(entries["", "Saved by %(who)s."]) == [""]
    assert not entries["", "Saved by %(who)s."].fuzzy


def test_the_compiled_catalog_answers_by_context_and_by_number(project):
    catalog = filled(catalogs.merge(catalogs.extract(project), catalogs.new("fa")))
    path = catalogs.locale_path(project, "fa").with_suffix(".mo")
    assert catalogs.compile_to(path, catalog)
    assert not catalogs.compile_to(path, catalog)
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert found.pgettext("verb", "Open") == "الف"
    assert found.ngettext("%(num)d user", "%(num)d users", 5) == "%(num)d کاربر"


def test_a_new_language_begins_with_the_plural_forms_of_its_own():
    assert catalogs.new("fa").plural_forms == "nplurals=2; plural=(n > 1);"
    assert catalogs.new("ar").num_plurals == 6


def test_the_header_that_is_begun_with_is_the_one_that_the_check_wants():
    """Also for a language without a row, or with a row that says nothing of plurals."""
    for code in ("ckb", "de", "fa"):
        header = dict(catalogs.new(code).mime_headers)["Plural-Forms"]
        assert header == catalogs.plural_forms(code)
        assert header.count(";") == 2


@pytest.mark.parametrize("locale", [locale for locale, _ in catalogs.locale_paths(ROOT)])
def test_gettext_itself_finds_no_fault_with_a_catalog(locale):
    msgfmt = program("msgfmt", "gettext")
    path = catalogs.locale_path(ROOT, locale)
    done = subprocess.run(
        [msgfmt, "--check-format", "--check-domain", "--output-file=/dev/null", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_word_with_two_meanings_stands_in_the_catalog_once_for_each():
    known = catalogs.entries(catalogs.read(catalogs.template_path(ROOT)))
    contexts = defaultdict(set)
    for context, source in known:
        contexts[source].add(context)
    assert contexts["Failed"] == {"", "step"}
    assert contexts["On"] == {"setting", "two-step sign-in"}
    assert contexts["Off"] == {"", "setting", "two-step sign-in"}
    assert contexts["Where it stands"] == {"in the program", "mail"}
