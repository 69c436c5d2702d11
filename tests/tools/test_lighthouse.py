"""What is read from Lighthouse's report; Lighthouse itself is run by `make lighthouse`."""

import pytest

from tools.lighthouse import CATEGORIES, Asked, read

PAGE = Asked("SMTP settings", "/system/smtp")


def said(path="/system/smtp", benchmark=1750, **scores):
    """A report as Lighthouse writes it, cut down to what is read."""
    audits = {name: {"title": f"about {name}", "score": 1} for name in CATEGORIES}
    audits |= {name: {"title": f"about {name}", "score": score} for name, score in scores.items()}
    categories = {
        name: {"score": audits[name]["score"], "auditRefs": [{"id": name, "weight": 1}]}
        for name in CATEGORIES
    }
    return {
        "finalDisplayedUrl": f"http://127.0.0.1:1{path}",
        "categories": categories,
        "audits": audits,
        "environment": {"benchmarkIndex": benchmark},
    }


def test_a_page_with_enough_points_everywhere_is_good():
    report = read(said(performance=0.95), PAGE)
    assert report.is_good
    assert report.points["performance"] == 95


def test_a_page_that_is_only_slow_is_worth_asking_again():
    report = read(said(performance=0.94), PAGE)
    assert not report.is_good
    assert report.is_only_slow
    assert report.faults == ("about performance: 0.94",)


def test_another_fault_does_not_go_away_by_asking_again():
    report = read(said(performance=0.5, seo=0.9), PAGE)
    assert not report.is_good
    assert not report.is_only_slow


@pytest.mark.parametrize(("benchmark", "times"), [(3000, 4.0), (1750, 4.0), (875, 2.0), (300, 1.0)])
def test_a_machine_at_work_is_slowed_down_less(benchmark, times):
    assert read(said(benchmark=benchmark, performance=0.9), PAGE).slowdown == times


def test_a_category_without_points_is_no_good_page():
    assert not read(said(accessibility=None), PAGE).is_good


def test_a_report_about_another_page_counts_for_nothing():
    with pytest.raises(SystemExit, match="/login"):
        read(said(path="/login"), PAGE)
