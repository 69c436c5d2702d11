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
    assert run("stats").output == "fa: 1 of 1 sentences\n"


def test_a_finding_names_file_sentence_and_reason(run, project):
    run("update", "fa")
    translate(project, "کاربر ها")
    result = run("check")
    assert result.exit_code == 1
    assert "translations/fa/LC_MESSAGES/messages.po: fa: 'Users': ending needs" in result.output


def test_a_new_sentence_makes_the_list_stale(run, project):
    run("update", "fa")
    translate(project, "کاربران")
    (project / "app" / "more.py").write_text('_("Roles")', encoding="utf-8")
    assert "translations/messages.pot: differs from the program" in run("check").output
    assert run("extract").output == "translations/messages.pot: written\n"
    assert run("extract").output == "translations/messages.pot: unchanged\n"
