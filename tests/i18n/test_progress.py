"""How far a language is; and the glossary that translators keep."""

import pytest
from babel.messages.catalog import Catalog

from app.i18n import areas, catalogs, glossary, progress
from tests.house.sources import ROOT, files, shown

PAGE = """# Glossary

## فارسی – Persian (`fa`)

| English | Persian | not |
|---|---|---|
| password | رمز عبور | گذرواژه، پسورد |
| port | پورت | – |

## Turkish (`tr`)

| English | Turkish | not |
|---|---|---|
| user | kullanıcı |  |
"""


def catalog():
    made = Catalog("fa")
    made.add("Sign in", "ورود", locations=[("templates/sessions/new.html", 0)], lineno=3)
    made.add("Users", "", locations=[("templates/users/index.html", 0)], lineno=6)
    made.add(
        "Name",
        "نام",
        flags={"fuzzy"},
        lineno=9,
        locations=[("templates/users/index.html", 0), ("app/web/registration/forms.py", 0)],
    )
    return made


def test_it_is_said_area_by_area_how_far_a_language_is():
    found = progress.of_catalog(catalog(), "fa")
    assert (found.whole.done, found.whole.total, found.whole.percent) == (1, 3, 33)
    assert found.areas == {"public": progress.Share(1, 2), "panel": progress.Share(0, 2)}


def test_a_gap_says_where_it_stands_and_why():
    users, name = progress.of_catalog(catalog(), "fa").gaps
    assert (users.source, users.is_fuzzy, users.line) == ("Users", False, 6)
    assert name.is_fuzzy
    assert name.areas == frozenset({"public", "panel"})
    assert name.files == ("templates/users/index.html", "app/web/registration/forms.py")


def test_the_language_of_the_sources_is_done():
    found = progress.of_catalog(catalog(), "en")
    assert (found.whole.percent, found.gaps) == (100, ())


def test_only_all_of_it_is_a_hundred():
    assert progress.Share(999, 1000).percent == 99
    assert progress.Share(0, 0).percent == 100


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("templates/mail/activation.html", "mails"),
        ("templates/registration/new.html", "public"),
        ("templates/sessions/new.html", "public"),
        ("templates/sessions/home.html", "account"),
        ("app/web/smtp/fields.py", "smtp"),
        ("app/mail/diagnosis/remedies/naming.py", "diagnoses"),
        ("app/web/dashboard/tiles.py", "panel"),
        ("templates/dev_mail/index.html", "development"),
        ("templates/errors/page.html", "frame"),
    ],
)
def test_a_file_belongs_to_one_area(path, area):
    assert areas.of_file(path) == area


def test_no_area_names_files_that_are_gone():
    """A pattern that nothing fits would make a language look whole that is not."""
    known = {areas.of_file(shown(path)) for path in files()}
    assert known == set(areas.NAMES)


def test_the_glossary_is_read_from_its_page(tmp_path):
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "README.md").write_text(PAGE, encoding="utf-8")
    terms = glossary.read(tmp_path)
    assert [term.english for term in terms["fa"]] == ["password", "port"]
    assert glossary.refused(terms["fa"]) == {"گذرواژه": "رمز عبور", "پسورد": "رمز عبور"}
    assert glossary.refused(terms["tr"]) == {}


def test_without_a_page_there_is_no_glossary(tmp_path):
    assert glossary.read(tmp_path) == {}


def test_every_language_with_a_catalog_has_a_glossary():
    terms = glossary.read(ROOT)
    for locale, _path in catalogs.locale_paths(ROOT):
        assert len(terms[locale]) > 40
        words = {term.word for term in terms[locale]}
        assert not words & glossary.refused(terms[locale]).keys()
