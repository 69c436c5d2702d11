"""Hashing of passwords: Argon2id, a few at once, the same work for everybody."""

import base64
import unicodedata
from typing import NamedTuple

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from app.accounts.passwords.seating import seated

MAX_BYTES = 1024


class Cost(NamedTuple):
    """What a hash costs whoever makes it: passes over so many bytes of memory, in one lane."""

    passes: int
    memory: int

    @property
    def mark(self) -> str:
        """Return how every hash of this cost begins."""
        return f"$argon2id$v=19$m={self.memory // 1024},t={self.passes},p=1$"


# The first of OWASP's equivalent settings.
_cost = Cost(passes=2, memory=19 * 2**20)


def _nobodys_hash() -> str:
    """Return a well-formed hash that no password has: checking it costs what any other costs."""
    salt, digest = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (16, 32))
    return f"{_cost.mark}{salt}${digest}"


NOBODY = _nobodys_hash()


def hashed(password: str) -> str:
    """Return the hash to store; raise `Busy` when too many are being made."""
    return seated(argon2id.str, _bytes(password), *_cost).decode()


def matches(password: str, stored: str) -> bool:
    """Tell whether the password is the one behind the hash; raise `Busy` when too many ask."""
    tried = "" if is_too_long(password) else password
    try:
        seated(argon2id.verify, stored.encode(), _bytes(tried))
    except CryptoError:
        return False
    return bool(tried)


def match_nobody(password: str) -> bool:
    """Do the work of `matches` for somebody who does not exist; always false."""
    matches(password, NOBODY)
    return False


def needs_rehash(stored: str) -> bool:
    """Tell whether the hash was made with parameters that are no longer ours."""
    return not stored.startswith(_cost.mark)


def is_too_long(password: str) -> bool:
    """Tell whether the password is beyond what is ever hashed."""
    return len(password) > MAX_BYTES or len(_bytes(password)) > MAX_BYTES


def normal(password: str) -> str:
    """Return the one form of what different keyboards make of the same letters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return normal(password).encode("utf-8", "surrogatepass")
