"""What a browser says about itself, in words: enough to recognise one's own."""

import re
from typing import Final

from markupsafe import Markup

from app.i18n.text import _
from app.web.markup import fill, ltr

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


def device(user_agent: str) -> Markup:
    """Browser and operating system, as far as they can be told."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return fill(_("%(browser)s on %(system)s"), browser=ltr(browser), system=ltr(system))
    return ltr(browser or system) if browser or system else fill(_("Unknown browser"))


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, sign in known if re.search(sign, text)), "")
