"""Codes that an app on a phone shows: six digits, every half minute others (RFC 6238, SHA-1)."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from app.i18n import normalise

DIGITS = 6
SECONDS = 30
# A clock may be half a minute wrong, and a code takes its time to be typed.
_STEPS_BESIDE = 1
_SECRET_BYTES = 20


def new_secret() -> str:
    """Return 160 random bits as apps take them: base 32, without padding."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def step_at(moment: datetime) -> int:
    """Return the number of the half minute."""
    return int(moment.timestamp()) // SECONDS


def code(secret: str, step: int) -> str:
    """Return what an app shows in that half minute."""
    return _generator(secret).generate(step).decode("ascii")


def matching_step(secret: str, typed: str, moment: datetime, after: int) -> int | None:
    """Return the half minute around the moment whose code was typed; None when there is none.

    Only those later than `after` count, so that no code is good twice.
    """
    asked, now = cleaned(typed), step_at(moment)
    found = None
    for step in range(now - _STEPS_BESIDE, now + _STEPS_BESIDE + 1):
        if hmac.compare_digest(code(secret, step).encode(), asked.encode()) and step > after:
            found = step
    return found


def cleaned(typed: str) -> str:
    """Return the digits of a code, however it was typed: in any script, in groups."""
    return "".join(c for c in normalise.machine(typed) if c.isalnum())


def is_shaped(typed: str) -> bool:
    """Tell whether the text looks like a code of an app."""
    digits = cleaned(typed)
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit()


def grouped(secret: str) -> str:
    """Return the secret in groups of four, for those who type it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def address(secret: str, account: str, issuer: str) -> str:
    """Return what the square shows to an app: whose codes these are, and the secret.

    The issuer stands once: every letter of it that is not Latin makes the square finer.
    """
    asked = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(account, safe='@')}?{asked}"


def _generator(secret: str) -> HOTP:
    key = base64.b32decode(secret)
    return HOTP(key, DIGITS, SHA1(), enforce_key_length=False)  # noqa: S303 - what apps speak
