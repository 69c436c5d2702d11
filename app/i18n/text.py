"""The four short names under which sentences are found by the extractor.

They say what those of Flask-Babel say, and look for the catalog once a page (`locales.catalog`).
"""

from flask_babel import LazyString

from app.i18n import locales

__all__ = ["_", "_l", "_n", "_p"]


def _(message: str, **holes: object) -> str:
    """A sentence in the reader's language."""
    text = str(locales.catalog().gettext(message))
    return text % holes if holes else text


def _n(one: str, many: str, num: int, **holes: object) -> str:
    """A sentence about a number of things; `%(num)s` is the number itself."""
    text = str(locales.catalog().ngettext(one, many, num))
    return text % {"num": num, **holes}


def _p(context: str, message: str, **holes: object) -> str:
    """A sentence that means something else elsewhere."""
    text = str(locales.catalog().upgettext(context, message))
    return text % holes if holes else text


def _l(message: str, **holes: object) -> LazyString:
    """A sentence that is named before there is a reader, in the language of whoever reads it."""
    return LazyString(_, message, **holes)
