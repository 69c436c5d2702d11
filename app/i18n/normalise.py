"""What people paste is not what they see: two kinds of text, two sets of rules.

Machine text is for programs (hosts, ports, addresses, codes); human text is for people (names).
Passwords are neither: nobody changes a password.
"""

import re
import unicodedata
from functools import cache

from app.i18n import locales
from app.i18n.digits import to_ascii

ZWNJ = "\u200c"
# Marks that steer direction or width and mean nothing in stored data.
_MARKS = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile("[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]+")
_PRESENTATION_FORMS = re.compile("[\ufb50-\ufdfb\ufe70-\ufefc]")
_STRAY_ZWNJ = re.compile(f"(?:^|(?<=\\s)){ZWNJ}+|{ZWNJ}+(?=\\s|$|[.,،؛:!؟)»])")


def machine(text: str) -> str:
    """Return what a program should read: nothing invisible, ASCII digits, trimmed."""
    text = unicodedata.normalize("NFKC", _visible(text).replace(ZWNJ, ""))
    return to_ascii(text).strip()


def human(text: str, locale_code: str = "fa") -> str:
    """Return one form per letter; half-spaces stay where they belong, spaces are single."""
    # Quick for what most machines hold: the thirty thousand common passwords pass through here.
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # What is invisible goes first: it would hold apart what belongs together.
    text = unicodedata.normalize("NFC", _visible(text))
    text = _PRESENTATION_FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = unicodedata.normalize("NFC", text.translate(_letters(locale_code)))
    text = _STRAY_ZWNJ.sub("", re.sub(f"{ZWNJ}+", ZWNJ, text))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.splitlines()).strip()


def search_key(text: str) -> str:
    """Return the form in which «می‌رود», «ميرود» and «می رود» are the same.

    In whatever language somebody searches, the letters are those of the default one: what is
    stored was typed by people of all languages.
    """
    text = human(text).casefold().replace(ZWNJ, "")
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    # A letter may have been another one with a mark on it: ئ is ي with a hamza.
    return to_ascii(re.sub(r"[\sـ]+", "", bare.translate(_letters(locales.DEFAULT))))


def has_hidden(text: str) -> bool:
    """Tell whether the text holds characters that nobody sees."""
    return bool(_MARKS.search(text) or _CONTROL.search(text) or ZWNJ in text)


def _visible(text: str) -> str:
    return _CONTROL.sub("", _MARKS.sub("", text))


@cache
def _letters(locale_code: str) -> dict[int, str]:
    """Return the letters that this language writes in another way."""
    return str.maketrans({pair[0]: pair[1:] for pair in locales.get(locale_code).letters.split()})
