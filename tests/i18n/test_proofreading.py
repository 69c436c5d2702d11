import pytest
from babel.messages.catalog import Catalog

from app.i18n import catalogs, proofreading
from app.i18n.glossary import Term

TERMS = (Term("password", "رمز عبور", ("گذرواژه", "پسورد")),)


def found(source, text, *, context=None, fuzzy=False, locale="fa", place="app/mail/x.py"):
    """What the gate says about one translation."""
    flags = {"python-format"} if "%" in str(source) else set()
    where = [(place, 0)]
    template, catalog = Catalog(), catalogs.new(locale)
    template.add(source, context=context, flags=flags, locations=where)
    flags |= {"fuzzy"} if fuzzy else set()
    catalog.add(source, text, context=context, flags=flags, locations=where, lineno=7)
    return proofreading.problems(template, catalog, locale, TERMS)


def reasons(source, text, **options):
    return {problem.reason for problem in found(source, text, **options)}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Saved by %(name)s.", "ذخیره به‌دست %(name)s."),
        ("%(name)s of %(total)s", "%(name)s از %(total)s"),
        (("%(num)d user", "%(num)d users"), ("%(num)d کاربر", "%(num)d کاربر")),
        ("587 with STARTTLS", "587 برای STARTTLS"),
        ("At most 70 characters.", "حداکثر ۷۰ نویسه."),
        ("The server said 550.", "سرور پاسخ 550 داد."),
        ("Only TLS 1.2 will do", "فقط TLS 1.2 پذیرفته است"),
        ("100 %% of it", "۱۰۰٪ آن"),
        ("messages of %(host)s", "پیام‌های %(host)s"),
        ("%(count)s names", "%(count)s‌ها"),
        ("Say «yes», then go", "بگویید «بله»، سپس بروید"),
    ],
)
def test_good_text_passes(source, text):
    assert reasons(source, text) == set()


def test_contexts_are_told_apart():
    assert reasons("Time", "زمان", context="column") == set()


@pytest.mark.parametrize(
    ("source", "text", "reason", "mend"),
    [
        ("at line %(line)d", "در خط %(line)s", "placeholders differ", "wanted: %(line)d"),
        ("Hello %(name)s", "سلام", "placeholders differ", "wanted: %(name)s"),
        ("Hello", "سلام %(name)s", "placeholders differ", "none is wanted"),
        ("%(a)s of it", "%(a)s، 5 % آن", "a bare % is taken for a hole", "write %%"),
        ("a <b>c</b>", "الف <b>ب", "tags differ", "wanted: <b> </b>"),
        ("It shows", "نمایش می دهد", "«می» needs a half-space", "«می‌دهد»"),
        ("messages", "پیام ها", "ending needs a half-space", "«پیام‌ها»"),
        ("Default", "پیش فرض", "the parts of this word need a half-space", "«پیش‌فرض»"),
        ("The code of all", "کد همه ی آن‌ها", "ezafe after a silent he is «هٔ»", "«همهٔ»"),
        ("Your new address", "آدرس جدیدٔ شما", "only «ه» carries this hamza", "«جدید»"),
        (
            "A or B",
            "SPF، DKIM",
            "Latin words on both sides of «،» change places; join them by a word",
            "«SPF و DKIM»",
        ),
        ("Karimi", "كريمي", "the letter ك (U+0643) is of another language; write ک", "«کريمي»"),
        (
            "%(a)s, 5%% of it",
            "%(a)s، ۵ %% آن",
            "Latin percent sign; beside these digits it is ٪",
            "۵٪",
        ),
        ("Five", "٥", "Arabic digit; in sentences use ۰ to ۹", "«۵»"),
        ("2 steps", "2 مرحله", "Latin digit; in sentences use ۰ to ۹", "«۲»"),
        ("Sure?", "مطمئن هستید?", "Latin punctuation", "«هستید؟»"),
        ("a, b", "الف, ب", "Latin punctuation", "«الف،»"),
        ("Say it", 'بگو "بله"', "Latin quotation marks", "«بله»"),
        ("Saved", "ذخیره شد!", "exclamation mark", "«شد.»"),
        ("Wait", "صبر کنید...", "three dots instead of an ellipsis", "«کنید…»"),
        ("Two words", "دو  واژه", "double space", "«دو واژه»"),
        ("Stop.", "تمام .", "space before a mark", "«تمام.»"),
        ("a, b", "الف،ب", "a space is missing after the mark", "«الف، ب»"),
        ("long", "بلنـــد", "kashida", "«بلند»"),
        ("Password", "گذرواژه", "the glossary says «رمز عبور»", "«رمز عبور»"),
        ("It is", "این می‌باشد", "write «است»", ""),
        ("It was", "ثبت گردید", "write «شد»", "«شد»"),
        ("x ", "الف", "outer white space differs", "begin and end as the English does"),
        ("x", "", "not translated", ""),
    ],
)
def test_a_slip_is_found_with_its_mend(source, text, reason, mend):
    problem = next(each for each in found(source, text) if each.reason == reason)
    assert mend in problem.mend
    assert problem.line == 7


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u202b", "\u2066", "\u200b", "\ufeff"])
def test_an_invisible_mark_is_found(mark):
    (reason,) = reasons("x", f"{mark}الف")
    assert reason.startswith(f"direction mark or invisible sign U+{ord(mark):04X}")


def test_a_half_space_that_joins_nothing_is_found():
    assert "half-space that joins nothing" in reasons("x", "الف\u200c ب")


def test_no_mend_is_made_up_across_a_hole():
    (problem,) = found("Is it %(host)s?", "آیا %(host)s?")
    assert (problem.reason, problem.mend) == ("Latin punctuation", "at «…?»")


def test_a_guess_counts_as_missing():
    assert reasons("x", "الف", fuzzy=True) == {"fuzzy"}


def test_other_languages_may_have_gaps_but_no_faults():
    assert reasons("x", "", locale="de") == set()
    assert reasons("Hello %(name)s", "Hallo", locale="de") == {"placeholders differ"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("templates/registration/new.html", {"not translated"}),
        ("templates/mail/activation.txt", {"not translated"}),
        ("app/web/outbox/words.py", set()),
        ("templates/somewhere/new.html", set()),
    ],
)
def test_a_language_may_have_gaps_outside_its_areas(place, expected):
    assert reasons("x", "", locale="ar", place=place) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("عربی", "the letter ی (U+06CC) is of another language; write ي"),
        ("خطوة ۵", "Persian digit; in sentences use ٠ to ٩"),
        ("نعم, لا", "Latin punctuation"),
    ],
)
def test_the_rules_of_a_language_follow_from_its_row(text, reason):
    assert reason in reasons("x", text, locale="ar")


def test_every_plural_form_is_wanted_when_there_is_one():
    sentence = ("%(num)s day", "%(num)s days")
    whole = ("%(num)s", "يوم واحد", "يومان", "%(num)s أيام", "%(num)s يوما", "%(num)s يوم")
    assert reasons(sentence, whole, locale="ar") == set()
    assert "2 of 6 plural forms" in reasons(
        sentence, ("%(num)s يوم", "يوم", "", "", "", ""), locale="ar"
    )


def test_a_stale_catalog_is_found_in_both_directions():
    template, catalog = Catalog(), catalogs.new("fa")
    template.add("new")
    catalog.add("old", "کهنه", lineno=9)
    stale = {p.key: p.reason for p in proofreading.problems(template, catalog, "fa")}
    assert stale[("", "new")] == "missing from the catalog"
    assert stale[("", "old")] == "no longer in the program"


def test_a_sentence_that_moved_is_found():
    template, catalog = Catalog(), catalogs.new("fa")
    template.add("Users", locations=[("app/here.py", 0)])
    catalog.add("Users", "کاربران", locations=[("app/there.py", 0)], lineno=9)
    (problem,) = proofreading.problems(template, catalog, "fa")
    assert (problem.reason, problem.mend) == ("stands in other files now", "run `i18n update`")
    assert problem.line == 9


def test_a_wrong_plural_header_is_found():
    problems = proofreading.problems(Catalog(), Catalog(locale="fa"), "fa")
    assert any("plural header" in problem.reason for problem in problems)


def test_a_bare_percent_sign_in_a_source_sentence_is_found():
    template = Catalog()
    template.add("100 % of %(name)s", flags={"python-format"})
    template.add("100 %% of %(name)s", flags={"python-format"})
    assert [p.key[1] for p in proofreading.source_problems(template)] == ["100 % of %(name)s"]
