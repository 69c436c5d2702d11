"""The square that a phone reads: drawn here, in the page, with nothing asked from elsewhere."""

import segno
from markupsafe import Markup

from app.accounts.second_factor import totp
from app.i18n.text import _

_BORDER = 4


def square(secret: str, account: str, issuer: str) -> Markup:
    """Draw the address for the app: black on white in dark pages too, or no camera reads it."""
    code = segno.make(totp.address(secret, account, issuer), micro=False, error="l")
    drawing = code.svg_inline(border=_BORDER, dark="#000", light="#fff", omitsize=True)
    return Markup('<div class="square" role="img" aria-label="{}">{}</div>').format(
        _("QR code for your app; the same is below as text"),
        Markup(drawing),  # noqa: S704 - numbers and our own attributes
    )
