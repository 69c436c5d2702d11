"""DKIM keys as they stand in DNS (RFC 6376, 3.6.1, and RFC 8463): what they are worth. Pure."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

STRONG_BITS = 2048
LEAST_BITS = 1024
_ED25519_BYTES = 32


class Worth(StrEnum):
    """What a receiver can do with a key."""

    GOOD = "good"
    SHORT = "short"
    ONLY_ED25519 = "only_ed25519"
    TESTING = "testing"
    REVOKED = "revoked"
    WEAK = "weak"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Key:
    """A published key; `bits` is nothing for keys of a fixed length."""

    worth: Worth
    bits: int = 0


def tags(text: str) -> dict[str, str]:
    """Read a list of tags, as DKIM and DMARC write it."""
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def is_key(text: str) -> bool:
    """Tell whether a TXT record is meant as a key; a wildcard may have answered instead."""
    found = tags(text)
    return "p" in found and found.get("v", "DKIM1").upper() == "DKIM1"


def judge(text: str) -> Key:
    """Return what a key is worth."""
    found = tags(text)
    if not found.get("p"):
        return Key(Worth.REVOKED)
    key = _measured(found)
    is_usable = key.worth in (Worth.GOOD, Worth.SHORT)
    testing = "y" in [flag.strip() for flag in found.get("t", "").split(":")]
    return Key(Worth.TESTING, key.bits) if testing and is_usable else key


def _measured(found: Mapping[str, str]) -> Key:
    kind = found.get("k", "rsa").lower()
    try:
        data = base64.b64decode("".join(found["p"].split()), validate=True)
    except (binascii.Error, ValueError):
        return Key(Worth.BROKEN)
    if kind == "ed25519":
        return Key(Worth.ONLY_ED25519 if len(data) == _ED25519_BYTES else Worth.BROKEN)
    return _rsa(data) if kind == "rsa" and _fits_mail(found) else Key(Worth.BROKEN)


def _fits_mail(found: Mapping[str, str]) -> bool:
    """Tell whether the key may be used for mail, and with the hash that everybody uses."""
    uses = [use.strip() for use in found.get("s", "*").split(":")]
    hashes = [name.strip() for name in found.get("h", "sha256").split(":")]
    return bool({"*", "email"} & set(uses)) and "sha256" in hashes


def _rsa(data: bytes) -> Key:
    """Read an RSA key, in the usual frame or, as some publish it, without (PKCS #1)."""
    try:
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return Key(Worth.BROKEN)
    return _by_length(key.key_size) if isinstance(key, RSAPublicKey) else Key(Worth.BROKEN)


def _by_length(bits: int) -> Key:
    if bits < LEAST_BITS:
        return Key(Worth.WEAK, bits)
    return Key(Worth.GOOD if bits >= STRONG_BITS else Worth.SHORT, bits)
