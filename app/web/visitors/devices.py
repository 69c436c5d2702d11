"""What a browser says about itself, in words: enough to recognise one's own."""

from markupsafe import Markup

from app.accounts import devices
from app.i18n.text import _
from app.web.drawing.markup import fill, ltr


def device(user_agent: str) -> Markup:
    """Browser and operating system, as far as they can be told."""
    known = devices.browser(user_agent) or devices.system(user_agent)
    return shortened(devices.short(user_agent)) if known else fill(_("Unknown browser"))


def shortened(short: str) -> Markup:
    """What `devices.short` keeps, in words; a program is called what it calls itself."""
    browser, _slash, system = short.partition("/")
    if browser in devices.BROWSERS and system in devices.SYSTEMS:
        return fill(_("%(browser)s on %(system)s"), browser=ltr(browser), system=ltr(system))
    return ltr(short)
