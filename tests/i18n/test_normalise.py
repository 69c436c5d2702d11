"""What people paste is not what they see: two normalisers, and passwords that nobody touches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from werkzeug.datastructures import MultiDict

from app.core import addresses
from app.i18n import locales, normalise
from app.web.forms.fields import PeykForm, SecretField

# What is met in Persian text, and what likes to hide in it.
_ODD = (
    "ابپتثچحدرزژسشعغفقکگلمنوهیيكىةۀئأآؤٱءەہـ۰۹٠٩0Aa @.,،؛\n\t"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2066\u2069\u00ad\ufeff\u2028\u3000"
    "\u0301\u0654\u064b\ufefb\ufdf2\uff21"
)
TEXTS = some.text() | some.text(alphabet=_ODD) | some.text(alphabet=_ODD + "\x00\x1f\x85\r")
QUICK = settings(max_examples=150, deadline=None, database=None)


@QUICK
@given(TEXTS, some.sampled_from(sorted(locales.LOCALES)))
def test_a_name_that_was_normalised_stays_as_it_is(text, locale):
    once = normalise.human(text, locale)
    assert normalise.human(once, locale) == once


@QUICK
@given(TEXTS)
def test_machine_text_that_was_normalised_stays_as_it_is(text):
    once = normalise.machine(text)
    assert normalise.machine(once) == once
    assert not normalise.has_hidden(once)


@QUICK
@given(TEXTS)
def test_a_search_key_is_its_own_key_and_that_of_the_name(text):
    key = normalise.search_key(text)
    assert normalise.search_key(key) == key
    assert normalise.search_key(normalise.human(text)) == key
    assert not any(letter.isspace() for letter in key)


@QUICK
@given(TEXTS)
def test_whatever_is_typed_is_an_address_or_is_refused(text):
    try:
        address = addresses.parse(text)
    except addresses.InvalidAddress:
        return
    assert address.ascii.isascii()
    assert addresses.parse(address.display).key == address.key


@QUICK
@given(some.text(alphabet=_ODD + "pqrs-ßéق", min_size=1, max_size=60))
def test_a_password_is_taken_letter_by_letter(app_in_context, text):
    class Form(PeykForm):
        password = SecretField("Password")

        class Meta(PeykForm.Meta):
            csrf = False

    with app_in_context.test_request_context(method="POST"):
        form = Form(MultiDict({"password": text}))
    assert form.password.data in (text, "")  # as it is, or refused with a sentence
    assert form.password.data == text or form.password.process_errors


@pytest.fixture(scope="module")
def app_in_context(tables):
    """The application, for examples that need no tables."""
    return tables


@pytest.mark.parametrize(
    "typed",
    [
        "sara@example.com",
        "  sara@example.com\u200f ",
        "\u202bsara@example.com\u202c",
        "\u2068sara@example.com\u2069",
        "sara@\u200cexample.com",
        "\ufeffsara@example.com",
        "ｓａｒａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "sara@example.com\xa0",
        "sa\u00adra@example.com",
    ],
)
def test_a_pasted_address_is_the_one_that_was_seen(typed):
    assert addresses.parse(typed).key == "sara@example.com"


@pytest.mark.parametrize("typed", ["sara۱۴۰۵@example.com", "sara١٤٠٥@example.com"])
def test_digits_of_any_script_are_digits_in_an_address(typed):
    assert addresses.parse(typed).ascii == "sara1405@example.com"


def test_a_domain_in_persian_letters_is_the_same_domain_however_it_is_pasted():
    domains = ("ایران.ir", "ایران.IR", "\u200fایران.ir\u200f")
    found = {addresses.parse(f"info@{domain}").key for domain in domains}
    assert found == {"info@xn--mgba3a4f16a.ir"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("می‌رود", "ميرود"),
        ("می‌رود", "می رود"),
        ("علی کریمی", "علي كريمي"),
        ("آرش", "ارش"),
        ("مسئول", "مسیول"),
        ("رؤیا", "رویا"),
        ("خانهٔ ما", "خانه ما"),
        ("José ALI", "jose ali"),
        ("کاربر ۱۲", "کاربر 12"),
        ("مـــرد", "مرد"),
    ],
)
def test_a_search_finds_what_looks_alike(one, other):
    assert normalise.search_key(one) == normalise.search_key(other)


def test_arabic_keeps_its_own_letters_and_persian_its_own():
    assert normalise.human("علي كريمي", "fa") == "علی کریمی"
    assert normalise.human("على الكريم", "ar") == "على الكريم"
    assert normalise.human("علی الکریم", "ar") == "علي الكريم"


def test_a_half_space_stays_inside_words_and_nowhere_else():
    assert normalise.human("‌می‌‌رود ‌ خانه‌ها‌.") == "می‌رود خانه‌ها."
