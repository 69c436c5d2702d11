"""What a browser says about itself: its name and its operating system, as far as they show."""

import re
from functools import lru_cache
from typing import Final

# The first that fits: most browsers also claim to be those after them.
_BROWSERS: Final = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS: Final = (
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad|iPod"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)
BROWSERS: Final = frozenset(name for name, _sign in _BROWSERS)
SYSTEMS: Final = frozenset(name for name, _sign in _SYSTEMS)


def browser(user_agent: str) -> str:
    """Return the name of the browser; empty when it does not show."""
    return _first(_BROWSERS, user_agent)


def system(user_agent: str) -> str:
    """Return the name of the operating system; empty when it does not show."""
    return _first(_SYSTEMS, user_agent)


@lru_cache(maxsize=256)
def short(user_agent: str) -> str:
    """Return what is kept of a browser for good: «Firefox/Linux», or how a program calls itself."""
    known = f"{browser(user_agent)}/{system(user_agent)}".strip("/")
    return known or user_agent.partition(" ")[0]


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, sign in known if re.search(sign, text)), "")
