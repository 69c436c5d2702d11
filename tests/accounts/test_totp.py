"""The codes of an app, against the vectors of RFC 6238 and whatever a keyboard makes of them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.second_factor import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_r54_the_codes_are_those_of_rfc_6238(seconds, eight_digits):
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code(SECRET, step) == eight_digits[-6:]


@pytest.mark.parametrize(("off_by", "is_good"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
def test_r54_a_clock_may_be_one_step_wrong(off_by, is_good):
    code = totp.code(SECRET, totp.step_at(NOON + timedelta(seconds=30 * off_by)))
    assert (totp.matching_step(SECRET, code, NOON, after=0) is not None) == bool(is_good)


def test_r54_no_step_is_good_twice():
    step = totp.step_at(NOON)
    code = totp.code(SECRET, step)
    assert totp.matching_step(SECRET, code, NOON, after=step - 1) == step
    assert totp.matching_step(SECRET, code, NOON, after=step) is None


@pytest.mark.parametrize(
    "write",
    [
        lambda code: code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
        lambda code: code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        lambda code: f" {code[:3]} {code[3:]}\u200f",
        lambda code: f"{code[:3]}-{code[3:]}",
    ],
    ids=["Persian", "Arabic", "spaces", "dash"],
)
def test_r54_digits_of_every_keyboard_are_welcome(write):
    typed = write(totp.code(SECRET, totp.step_at(NOON)))
    assert totp.is_shaped(typed)
    assert totp.matching_step(SECRET, typed, NOON, after=0) == totp.step_at(NOON)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "½½½½½½", "١٢٣٤٥x", "\ud800"])
def test_what_is_no_code_is_none(typed):
    assert not totp.is_shaped(typed)
    assert totp.matching_step(SECRET, typed, NOON, after=0) is None


def test_a_secret_has_160_bits_and_is_never_the_same():
    secrets = {totp.new_secret() for _time in range(20)}
    assert len(secrets) == 20
    assert all(len(base64.b32decode(secret)) == 20 for secret in secrets)


def test_the_address_for_the_app_carries_names_in_every_script():
    address = totp.address(SECRET, "nika@example.com", "سامانهٔ پشتیبانی")
    assert address.isascii()
    assert address.startswith("otpauth://totp/nika@example.com?")
    assert f"secret={SECRET}&issuer=%D8%B3" in address


def test_the_secret_is_written_in_groups_for_those_who_type_it():
    assert totp.grouped("ABCDEFGHIJ") == "ABCD EFGH IJ"
