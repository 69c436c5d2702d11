import pytest

from app.cli import i18n
from app.i18n import catalogs
from tests.house import sources


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project with one sentence, in which the commands work."""
    monkeypatch.setattr(i18n, "ROOT", tmp_path)
    (tmp_path / "babel.cfg").write_bytes((sources.ROOT / "babel.cfg").read_bytes())
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "module.py").write_text('_("Users")', encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(app, project):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(i18n.group, words)


def translate(project, text):
    path = catalogs.locale_path(project, "fa")
    catalog = catalogs.read(path, "fa")
    catalogs.entries(catalog)["", "Users"].string = text
    catalogs.write(path, catalog)


def test_a_language_is_begun_translated_checked_and_compiled(run, project):
    assert run("update", "fa").exit_code == 0
    assert "not translated" in run("check").output
    translate(project, "کاربران")
    assert run("check").exit_code == 0
    assert run("compile").exit_code == 0
    assert catalogs.locale_path(project, "fa").with_suffix(".mo").is_file()
    said = run("stats").output
    assert said.startswith("fa: 1 of 1 sentences\n")
    assert said.split()[-5:] == ["panel", "1", "of", "1", "100%"]


def test_a_finding_names_file_sentence_and_reason(run, project):
    run("update", "fa")
    translate(project, "کاربر ها")
    result = run("check")
    assert result.exit_code == 1
    said = "translations/fa/LC_MESSAGES/messages.po:11: fa: 'Users': ending needs a half-space"
    assert f"{said}; instead of «کاربر ها» write «کاربر\u200cها»" in result.output


@pytest.mark.parametrize("command", ["check", "update", "compile", "stats"])
def test_a_file_that_is_no_catalog_names_its_line_and_stays_as_it_is(run, project, command):
    run("update", "fa")
    translate(project, "کاربران")
    path = catalogs.locale_path(project, "fa")
    torn = path.read_text(encoding="utf-8").replace('کاربران"', "کاربران")
    path.write_text(torn, encoding="utf-8")
    result = run(command)
    assert result.exit_code == 1
    assert "translations/fa/LC_MESSAGES/messages.po:12: fa: neither a text in" in result.output
    assert path.read_text(encoding="utf-8") == torn


def test_a_new_sentence_makes_the_list_stale(run, project):
    run("update", "fa")
    translate(project, "کاربران")
    (project / "app" / "more.py").write_text('_("Roles")', encoding="utf-8")
    assert "translations/messages.pot: differs from the program" in run("check").output
    assert run("extract").output == "translations/messages.pot: written\n"
    assert run("extract").output == "translations/messages.pot: unchanged\n"


def test_a_new_language_is_begun_with_what_comes_next(run, project):
    said = run("begin", "tr")
    assert said.exit_code == 0
    assert catalogs.locale_path(project, "tr").is_file()
    assert 'Locale("tr", "tr", "Türkçe", "ltr", "gregorian", "0123456789", "tr"),' in said.output
    assert "?lang=tr" in said.output
    assert "there already" in run("begin", "tr").output


@pytest.mark.parametrize("code", ["xx", "", "../fa", "turkish"])
def test_a_language_that_does_not_exist_is_not_begun(run, project, code):
    said = run("begin", code)
    assert said.exit_code == 1
    assert "no language that CLDR knows" in said.output
    assert not list((project / "translations").glob("*"))


def test_a_sentence_is_shown_in_the_pseudo_languages(run, project):
    assert "xa  [Šîĝñ îñ" in run("pseudo", "Sign in").output
    assert "xb  Users" in run("pseudo").output


def test_what_a_language_may_leave_out_is_said_and_no_fault(run, project):
    run("update", "ar")
    said = run("check")
    assert said.exit_code == 0
    assert "ar: 1 sentences of other areas still appear in English." in said.output


def test_a_word_outside_the_glossary_is_found_with_the_right_one(run, project):
    run("update", "fa")
    head = "## Persian (`fa`)\n\n| English | Persian | not |\n|---|---|---|\n"
    table = f"{head}| users | کاربران | یوزرها |\n"
    (project / "translations" / "README.md").write_text(table, encoding="utf-8")
    translate(project, "یوزرها")
    assert "instead of «یوزرها» write «کاربران»" in run("check").output
