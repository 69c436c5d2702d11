"""A browser for tests: keeps cookies, finds the token of the form, presses buttons."""

import re
import threading
from contextlib import contextmanager

from app.accounts.passwords import seating

# All forms that a browser sees have one token: of the pages with a form, this one is the lightest.
_LIGHT = "/register/disowned"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token(client, page=_LIGHT):
    """The token of the forms of this browser."""
    return _TOKEN.search(client.get(page).text)[1]


def send(client, path, page=_LIGHT, **fields):
    """Send a form as its page would."""
    return client.post(path, data={"csrf_token": token(client, page), **fields})


@contextmanager
def all_seats_taken(monkeypatch):
    """Somebody hashes for as long as the block lasts."""
    seats = threading.BoundedSemaphore(1)
    monkeypatch.setattr(seating, "_seats", seats)
    with seats:
        yield


@contextmanager
def nothing_free(monkeypatch):
    """All places for deeds with passwords are taken for as long as the block lasts."""
    line = seating.Line(1)
    monkeypatch.setattr(seating, "_line", line)
    line.enter(lambda: 0, 0)
    yield line
    line.leave()
