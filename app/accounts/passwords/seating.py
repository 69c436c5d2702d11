"""Few at once: the seats in which passwords are hashed, the places before them, a line at the door.

A rush of people who sign in must take neither the memory nor the threads of everybody else: a hash
takes 19 MiB and a core, and a request that waits holds a thread.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock, local
from typing import TypeVar

from app.config import current_config
from app.core.errors import Busy
from app.extensions import db

R = TypeVar("R")

# Deeds with passwords that go on at once in a process, from their first look into the database on.
PLACES = 6
# Threads that are never in line: they answer everybody else.
RESERVE = 8
SECONDS_IN_LINE = 8.0
SECONDS_FOR_A_SEAT = 3.0
# For one process; the two that the operators' guide starts make twice the cores together.
SEATS = min(os.cpu_count() or 1, PLACES)

_seats = BoundedSemaphore(SEATS)
_mine = local()


class Line:
    """Places, and a line of whoever waits for one; who finds it full is told at once."""

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)
        self._lock = Lock()
        self._waiting = 0

    def enter(self, longest: Callable[[], int], seconds: float) -> None:
        """Take a place, at once or after waiting for it; raise `Busy` when neither is to be had."""
        if self._waiting == 0 and self._places.acquire(blocking=False):
            return
        with self._lock:
            if self._waiting >= longest():
                raise Busy("too many wait for a place")
            self._waiting += 1
        try:
            if not self._places.acquire(timeout=seconds):
                raise Busy("waited too long for a place")
        finally:
            with self._lock:
                self._waiting -= 1

    @property
    def length(self) -> int:
        """Return how many wait just now."""
        return self._waiting

    def leave(self) -> None:
        """Give the place to the next one."""
        self._places.release()


_line = Line(PLACES)


def longest_line() -> int:
    """Return how many may wait in this process: the threads that are neither used nor reserved."""
    return max(0, current_config().web_threads - PLACES - RESERVE)


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the few places for a deed with passwords; raise `Busy` when there is none.

    One for a thread, however often it asks.
    """
    if getattr(_mine, "place", False):
        yield
        return
    _line.enter(longest_line, SECONDS_IN_LINE)
    _mine.place = True
    try:
        yield
    finally:
        _mine.place = False
        _line.leave()


@contextmanager
def place_for_all() -> Iterator[None]:
    """Do what `place` does for a whole request, in which nothing has been changed so far.

    What it has looked up is let go: nothing of the database is held while one waits.
    """
    db.session.rollback()
    with place():
        yield


def seated(deed: Callable[..., R], *given: object) -> R:
    """Hash in one of the seats; raise `Busy` when none gets free soon."""
    with place():
        if not _seats.acquire(timeout=SECONDS_FOR_A_SEAT):
            raise Busy("too many passwords at once")
        try:
            return deed(*given)
        finally:
            _seats.release()
