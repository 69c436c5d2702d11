"""Fingerprints of certificates: their one written form, and telling whether it is that one. Pure.

A fingerprint is the SHA-256 of the certificate as it travels (DER), written as in browsers and
by OpenSSL: pairs of hexadecimal digits, in capitals, with colons between them.
"""

import hashlib
import hmac
import re

from app.i18n.digits import to_ascii

LENGTH = 95
_PREFIX = re.compile(r"^(sha-?256)?\s*(fingerprint)?\s*[:=]\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s:.\-–]+")
_DIGITS = re.compile(r"[0-9A-F]{64}")
_PAIRS_IN_A_GROUP = 8


class NotAFingerprint(ValueError):
    """The text is not the SHA-256 fingerprint of a certificate."""


def of(der: bytes) -> str:
    """Return the fingerprint of a certificate."""
    return _paired(hashlib.sha256(der).hexdigest().upper())


def normal(text: str) -> str:
    """Return the written form of a fingerprint as people paste it; nothing stays nothing."""
    digits = _BETWEEN.sub("", _PREFIX.sub("", to_ascii(text).strip())).upper()
    if not digits:
        return ""
    if not _DIGITS.fullmatch(digits):
        raise NotAFingerprint(text)
    return _paired(digits)


def is_same(one: str, other: str) -> bool:
    """Tell whether two fingerprints are the same one, in a time that does not depend on them."""
    return hmac.compare_digest(one.encode(), other.encode())


def groups(fingerprint: str) -> tuple[str, ...]:
    """Return a fingerprint in parts that an eye can compare."""
    pairs = fingerprint.split(":")
    starts = range(0, len(pairs), _PAIRS_IN_A_GROUP)
    return tuple(":".join(pairs[start : start + _PAIRS_IN_A_GROUP]) for start in starts)


def _paired(digits: str) -> str:
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2))
