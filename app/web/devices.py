"""What a browser says about itself, in words: enough to recognise one's own."""

from markupsafe import Markup

from app.accounts import devices
from app.i18n.text import _
from app.web.markup import fill, ltr


def device(user_agent: str) -> Markup:
    """Browser and operating system, as far as they can be told."""
    browser, system = devices.browser(user_agent), devices.system(user_agent)
    if browser and system:
        return fill(_("%(browser)s on %(system)s"), browser=ltr(browser), system=ltr(system))
    return ltr(browser or system) if browser or system else fill(_("Unknown browser"))
