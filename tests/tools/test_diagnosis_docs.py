"""The guides made of the table are current."""

from tests.house.sources import ROOT
from tools import diagnosis_docs


def test_the_guides_made_of_the_table_are_current(app):
    stale = [
        path.relative_to(ROOT).as_posix()
        for path, wanted in diagnosis_docs.pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != wanted
    ]
    assert not stale, "run `python -m tools.diagnosis_docs`"


def test_what_was_measured_is_kept(app):
    assert diagnosis_docs.codes().partition("## Times")[2].count("|") > 20
