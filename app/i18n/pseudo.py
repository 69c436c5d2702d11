"""Pseudo-languages, made of the English sentences: what stays plain on a page nobody can translate.

`xa` is a third longer, with accents and brackets: a sentence that was cut off lacks its bracket.
`xb` is plain English; its page runs from right to left.
"""

import re

from babel.support import NullTranslations

_KEPT = re.compile(r"(%\([a-z_]\w*\)[sd]|%%|\{[a-z_]\w*\}|</?[a-zA-Z][^>]*>)")
_ACCENTS = str.maketrans(
    "AaBCcDdEeGgHhIiJjKkLlNnOoPpRrSsTtUuWwYyZz", "ÅåƁÇçĐđÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöÞþŔŕŠšŢţÛûŴŵÝýŽž"
)
_LONGER = 0.35


class Accented(NullTranslations):
    """Every sentence with accents, longer, between brackets; holes stay holes."""

    def gettext(self, message: str) -> str:
        """Return the sentence in `xa`."""
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for this number in `xa`."""
        return accented(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """Return the sentence in `xa`."""
        return accented(message)

    ugettext, ungettext, upgettext = gettext, ngettext, pgettext


def accented(sentence: str) -> str:
    """Return a sentence in `xa`."""
    pieces = _KEPT.split(sentence)
    changed = "".join(
        piece if number % 2 else piece.translate(_ACCENTS) for number, piece in enumerate(pieces)
    )
    letters = sum(len(piece) for piece in pieces[::2])
    return f"[{changed}{' ·' * round(letters * _LONGER / 2)}]"
