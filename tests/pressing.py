"""A browser for tests: keeps cookies, finds the token of the form, presses buttons."""

import re

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token(client, page="/register"):
    """The token of the forms of this browser."""
    return _TOKEN.search(client.get(page).text)[1]


def send(client, path, page="/register", **fields):
    """Send a form as its page would."""
    return client.post(path, data={"csrf_token": token(client, page), **fields})
