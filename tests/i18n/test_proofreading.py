import pytest
from babel.messages.catalog import Catalog

from app.i18n import catalogs, proofreading


def reasons(source, text, *, context=None, fuzzy=False, locale="fa"):
    """What the gate says about one translation."""
    flags = {"python-format"} if "%(" in str(source) else set()
    template, catalog = Catalog(), catalogs.new(locale)
    template.add(source, context=context, flags=flags)
    catalog.add(source, text, context=context, flags=flags | ({"fuzzy"} if fuzzy else set()))
    return {problem.reason for problem in proofreading.problems(template, catalog, locale)}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Saved by %(name)s.", "ذخیره به‌دست %(name)s."),
        ("%(name)s of %(total)s", "%(name)s از %(total)s"),
        (("%(num)d user", "%(num)d users"), ("%(num)d کاربر", "%(num)d کاربر")),
        ("587 with STARTTLS", "587 برای STARTTLS"),
        ("At most 70 characters.", "حداکثر ۷۰ نویسه."),
        ("The server said 550.", "سرور پاسخ 550 داد."),
        ("100 %% of it", "۱۰۰ %% آن"),
        ("messages of %(host)s", "پیام‌های %(host)s"),
    ],
)
def test_good_text_passes(source, text):
    assert reasons(source, text) == set()


def test_contexts_are_told_apart():
    assert reasons("Time", "زمان", context="column") == set()


@pytest.mark.parametrize(
    ("source", "text", "reason"),
    [
        ("at line %(line)d", "در خط %(line)s", "placeholders differ"),
        ("Hello %(name)s", "سلام", "placeholders differ"),
        ("a <b>c</b>", "الف <b>ب", "tags differ"),
        ("It shows", "نمایش می دهد", "«می» needs a half-space"),
        ("messages", "پیام ها", "ending needs a half-space"),
        ("Karimi", "كريمي", "Arabic ye or kaf"),
        ("Five", "٥", "Arabic digit; use ۰ to ۹"),
        ("Sure?", "مطمئن هستید?", "Latin punctuation"),
        ("Saved", "ذخیره شد!", "exclamation mark"),
        ("Wait", "صبر کنید...", "three dots instead of an ellipsis"),
        ("Two words", "دو  واژه", "double space"),
        ("2 steps", "2 مرحله", "Latin digit in a sentence"),
        ("x", "\u200eالف", "direction mark; use an isolate in the template"),
        ("x", "الف\u200c ب", "half-space that joins nothing"),
        ("Password", "گذرواژه", "word outside the glossary («رمز عبور», «ایمیل»)"),
        ("It is", "این می‌باشد", "write «است», «کنید», «شد»"),
        ("x ", "الف", "outer white space differs"),
        ("x", "", "not translated"),
    ],
)
def test_a_slip_is_found(source, text, reason):
    assert reason in reasons(source, text)


def test_a_guess_counts_as_missing():
    assert reasons("x", "الف", fuzzy=True) == {"fuzzy"}


def test_other_languages_may_have_gaps_but_no_faults():
    assert reasons("x", "", locale="de") == set()
    assert reasons("Hello %(name)s", "Hallo", locale="de") == {"placeholders differ"}


def test_a_stale_catalog_is_found_in_both_directions():
    template, catalog = Catalog(), catalogs.new("fa")
    template.add("new")
    catalog.add("old", "کهنه")
    found = {p.key: p.reason for p in proofreading.problems(template, catalog, "fa")}
    assert found[("", "new")] == "missing from the catalog; run update"
    assert found[("", "old")] == "no longer in the program; run update"


def test_a_wrong_plural_header_is_found():
    found = proofreading.problems(Catalog(), Catalog(locale="fa"), "fa")
    assert any("plural header" in problem.reason for problem in found)


def test_a_bare_percent_sign_in_a_source_sentence_is_found():
    template = Catalog()
    template.add("100 % of %(name)s", flags={"python-format"})
    template.add("100 %% of %(name)s", flags={"python-format"})
    assert [p.key[1] for p in proofreading.source_problems(template)] == ["100 % of %(name)s"]
