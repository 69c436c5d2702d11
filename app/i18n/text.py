"""The four short names under which sentences are found by the extractor."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n
from flask_babel import pgettext as _p

__all__ = ["_", "_l", "_n", "_p"]
