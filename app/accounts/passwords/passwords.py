"""Hashing of passwords: Argon2id, a few at once, the same work for everybody."""

import base64
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.passwords.seating import seated

MAX_BYTES = 1024

_MEMORY_KIB, _PASSES, _LANES = 19_456, 2, 1
_hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)


def _nobodys_hash() -> str:
    """Return a well-formed hash that no password has: checking it costs what any other costs."""
    salt, digest = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${salt}${digest}"


NOBODY = _nobodys_hash()


def hashed(password: str) -> str:
    """Return the hash to store; raise `Busy` when too many are being made."""
    return seated(_hasher.hash, _bytes(password))


def matches(password: str, stored: str) -> bool:
    """Tell whether the password is the one behind the hash; raise `Busy` when too many ask."""
    tried = "" if is_too_long(password) else password
    try:
        seated(_hasher.verify, stored, _bytes(tried))
    except (VerificationError, InvalidHashError):
        return False
    return bool(tried)


def match_nobody(password: str) -> bool:
    """Do the work of `matches` for somebody who does not exist; always false."""
    matches(password, NOBODY)
    return False


def needs_rehash(stored: str) -> bool:
    """Tell whether the hash was made with parameters that are no longer ours."""
    return _hasher.check_needs_rehash(stored)


def is_too_long(password: str) -> bool:
    """Tell whether the password is beyond what is ever hashed."""
    return len(password) > MAX_BYTES or len(_bytes(password)) > MAX_BYTES


def normal(password: str) -> str:
    """Return the one form of what different keyboards make of the same letters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return normal(password).encode("utf-8", "surrogatepass")
