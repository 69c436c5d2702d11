"""Hashing of passwords: Argon2id, a few at once, the same work for everybody."""

import base64
import os
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore, local
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Busy

R = TypeVar("R")

MAX_BYTES = 1024
# Of the eight threads that the operators' guide gives a process so many may be busy with passwords,
# hashing or waiting for it, and not for long: the others answer everybody else.
PLACES = 6
SECONDS_IN_QUEUE = 3.0
# For one process; the two that the operators' guide starts make twice the cores together.
SEATS = min(os.cpu_count() or 1, PLACES)

_MEMORY_KIB, _PASSES, _LANES = 19_456, 2, 1
_hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)
_places = BoundedSemaphore(PLACES)
_mine = local()
# Threads of their own: each that has hashed once keeps the memory that it took.
_seats = ThreadPoolExecutor(SEATS, "hash")


def _nobodys_hash() -> str:
    """Return a well-formed hash that no password has: checking it costs what any other costs."""
    salt, digest = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${salt}${digest}"


NOBODY = _nobodys_hash()


def hashed(password: str) -> str:
    """Return the hash to store; raise `Busy` when too many are being made."""
    return _seated(_hasher.hash, _bytes(password))


def matches(password: str, stored: str) -> bool:
    """Tell whether the password is the one behind the hash; raise `Busy` when too many ask."""
    tried = "" if is_too_long(password) else password
    try:
        _seated(_hasher.verify, stored, _bytes(tried))
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


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the few places for a deed with passwords; raise `Busy` when all are taken.

    One for a thread, however often it asks.
    """
    if getattr(_mine, "place", False):
        yield
        return
    if not _places.acquire(blocking=False):
        raise Busy("too many wait for a password")
    _mine.place = True
    try:
        yield
    finally:
        _mine.place = False
        _places.release()


def _seated(deed: Callable[..., R], *given: object) -> R:
    """Hash only a few at once: each takes 19 MiB and a core. Few more may wait for their turn."""
    with place():
        work = _seats.submit(deed, *given)
        try:
            return work.result(SECONDS_IN_QUEUE)
        except TimeoutError:
            work.cancel()
            raise Busy("too many passwords at once") from None
