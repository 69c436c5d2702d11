"""One normal form for addresses."""

import pytest

from app.core.addresses import InvalidAddress, Reason, parse
from app.core.addresses import masked as mask


@pytest.mark.parametrize(
    ("typed", "display", "key"),
    [
        ("sara@example.com", "sara@example.com", "sara@example.com"),
        ("  Sara.A+x@Example.COM ", "Sara.A+x@example.com", "sara.a+x@example.com"),
        ("sara\u200c@example.com\u200f", "sara@example.com", "sara@example.com"),
        ("sara۱۲@example.com", "sara12@example.com", "sara12@example.com"),
        ("sara@ایران.ir", "sara@ایران.ir", "sara@xn--mgba3a4f16a.ir"),
        ("sara@XN--MGBA3A4F16A.ir", "sara@ایران.ir", "sara@xn--mgba3a4f16a.ir"),
    ],
)
def test_r30_an_address_has_one_form_for_people_and_one_for_comparison(typed, display, key):
    address = parse(typed)
    assert (address.display, address.key) == (display, key)
    assert address.ascii.isascii()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.NO_AT),
        ("sara", Reason.NO_AT),
        ("sara@@example.com", Reason.SEVERAL),
        ("a＠evil.com@example.com", Reason.SEVERAL),
        ("sara@example.com, omid@example.com", Reason.SEVERAL),
        ("sara@example.com;omid@example.com", Reason.SEVERAL),
        ("Sara <sara@example.com>", Reason.SEVERAL),
        ("sa ra@example.com", Reason.SEVERAL),
        ("سارا@example.com", Reason.NON_ASCII_NAME),
        ("sаra@example.com", Reason.NON_ASCII_NAME),
        ("ı@example.com", Reason.NON_ASCII_NAME),
        ("sara@localhost", Reason.DOMAIN),
        ("sara@[127.0.0.1]", Reason.DOMAIN),
        ("sara@exa_mple.com", Reason.DOMAIN),
        # ایران۱۲.ir with Persian digits, as only a program can write it.
        ("sara@xn--mgba3a4f16a7gh.ir", Reason.DOMAIN),
        ("sara@example", Reason.DOMAIN),
        ("sara@example..com", Reason.DOMAIN),
        ("sara@host.test", Reason.RESERVED),
        ('"sa ra"@example.com', Reason.SEVERAL),
        ('"sara"@example.com', Reason.OTHER),
        (".sara@example.com", Reason.OTHER),
        ("a" * 65 + "@example.com", Reason.TOO_LONG),
        ("sara@" + "a" * 300 + ".com", Reason.TOO_LONG),
    ],
)
def test_r30_what_is_not_one_plain_address_is_refused_with_the_reason(typed, reason):
    with pytest.raises(InvalidAddress) as refused:
        parse(typed)
    assert refused.value.reason is reason


def test_r30_plus_and_dots_make_another_address():
    assert parse("sara.a@example.com").key != parse("saraa@example.com").key
    assert parse("sara+x@example.com").key != parse("sara@example.com").key


@pytest.mark.parametrize("twin", ["ايران.ir", "اىران.ir", "XN--MGBA3A4FRA.ir", "ای\u200cران.ir"])
def test_r33_twins_of_a_persian_domain_are_one(twin):
    assert parse(f"sara@{twin}").key == parse("sara@ایران.ir").key
    assert parse("sara@کوه.ir").key == parse("sara@كوه.ir").key


def test_r33_mail_goes_to_the_domain_that_was_typed():
    assert parse("sara@ايران.ir").ascii == "sara@xn--mgba3a4fra.ir"


@pytest.mark.parametrize("domain", ["ايران.ir", "XN--12-BTDA3CWHP4B.ir", "ایران۱۲.ir", "ە.ir"])
def test_r31_what_is_stored_of_an_address_leads_to_the_same_server(domain):
    address = parse(f"sara@{domain}")
    assert parse(address.display) == address


@pytest.mark.parametrize(
    ("display", "masked"),
    [
        ("saraahmadi@example.com", "sa•••@example.com"),
        ("sara@example.com", "s•••@example.com"),
        ("s@example.com", "s•••@example.com"),
        ("sara@ایران.ir", "s•••@ایران.ir"),
    ],
)
def test_a_masked_address_is_a_hint_and_no_more(display, masked):
    assert mask(display) == masked
