"""What makes a password too weak: its length, lists of common ones, the person's own words."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from threading import Lock

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS
from zxcvbn.matching import RANKED_DICTIONARIES

from app.accounts.passwords import passwords
from app.accounts.passwords.common_words import (
    OWN_WORDS,
    PRODUCT,
    ROWS,
    TO_LATIN_KEYS,
    TO_PERSIAN_KEYS,
)
from app.i18n import normalise

MIN_LENGTH = 12
GOOD_SCORE = 3
_MOST_FOR_ZXCVBN = 72
_SHORTEST_RUN = 4
_SHORTEST_OWN_WORD = 4
_LONGEST_TAIL = 8
_ENOUGH_BESIDE_OWN_WORDS = 8
_SHORTEST_WITHOUT_LETTERS = 20
_MOST_OWN_WORDS = 3
_ENOUGH_BESIDE_A_MOBILE = 8

_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_GAPS = re.compile(r"[\W_]+")
_PLAIN_LETTERS = str.maketrans("@4301!$5+7", "aaeoiisstt")
# 0912 345 6789, +98 912 345 6789; of a folded text without gaps.
_MOBILE = re.compile(r"(?:0098|98|0)?9\d{9}(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:1[34]\d\d|19\d\d|20\d\d)(?!\d)")
_BLOCKS = re.compile(r"(.+?)\1+")
# zxcvbn keeps the words of the person in a table that all threads share.
_one_at_a_time = Lock()


class Problem(StrEnum):
    """Why a password is refused; the form says it in words."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    PERSONAL = "personal"
    COMMON = "common"
    GUESSABLE = "guessable"


def problem(
    password: str,
    *,
    name: str = "",
    email: str = "",
    at_least: int = MIN_LENGTH,
    house: Iterable[str] = (),
) -> Problem | None:
    """Return what is wrong with a password somebody wants to have, or None.

    `house` has words that everybody connects with this installation: its names, its host. Looks
    also at what the same keys give on the other layout of a Persian keyboard.
    """
    if passwords.is_too_long(password):
        return Problem.TOO_LONG
    plain = passwords.normal(password)
    if len(plain) < at_least:
        return Problem.TOO_SHORT
    own, latin = own_words(name, email, *house), folded(plain.translate(TO_LATIN_KEYS))
    forms = {folded(plain), latin, folded(plain.casefold().translate(TO_PERSIAN_KEYS))}
    if any(_is_mostly(form, own) for form in forms):
        return Problem.PERSONAL
    if any(is_common(form) for form in forms):
        return Problem.COMMON
    return Problem.GUESSABLE if _score(latin, own) < GOOD_SCORE else None


def folded(password: str) -> str:
    """Return the password with case, alphabets of digits and letter twins made one."""
    text = normalise.human(password.casefold())
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c, c)) for c in text)


def own_words(name: str, email: str, *house: str) -> tuple[str, ...]:
    """Return the words of a person, of this product and of this house that say nothing secret."""
    said = " ".join(map(folded, (name, email[:254], *house)))
    parts = re.split(r"[\W_]+", said)
    return tuple({p for p in (*parts, *PRODUCT) if len(p) >= _SHORTEST_OWN_WORD})


def is_common(form: str) -> bool:
    """Tell whether a folded password is a common one, dressed up with digits, signs or repeats."""
    if not any(c.isalpha() for c in form) and len(form) < _SHORTEST_WITHOUT_LETTERS:
        return True
    if not _EDGES.sub("", _without_runs(form)) or _is_mostly_a_mobile(form):
        return True
    return form in common() or _is_dressed(form) or _is_dressed(_unrepeated(form))


def _is_mostly_a_mobile(form: str) -> bool:
    """Tell whether little is left beside the number of a mobile, which many people know."""
    joined = _GAPS.sub("", form)
    rest = _MOBILE.sub("", joined)
    return rest != joined and len(rest) < _ENOUGH_BESIDE_A_MOBILE


def _is_dressed(text: str) -> bool:
    """Tell whether common words are left when what was put around and between them is taken off."""
    text = _YEAR.sub("", text)
    base = _EDGES.sub("", text)
    words = _GAPS.sub("", base)
    if not words or len(text) - len(base) > _LONGEST_TAIL:
        return False
    forms = {words, _unrepeated(words), _GAPS.sub("", base.translate(_PLAIN_LETTERS))}
    return any(form in common() or _own_words_only().fullmatch(form) for form in forms)


def _is_mostly(form: str, words: Iterable[str]) -> bool:
    """Tell whether little is left when somebody's own words are taken out."""
    rest = form
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != form and len(_GAPS.sub("", rest)) < _ENOUGH_BESIDE_OWN_WORDS


def _unrepeated(text: str) -> str:
    """Return the block of which the text is made over and over, else the text."""
    found = _BLOCKS.fullmatch(text)
    return found[1] if found else text


def _without_runs(text: str) -> str:
    """Return the text without neighbours on a keyboard, in the alphabet or in counting."""
    kept, at = "", 0
    while at < len(text):
        length = max(_run(text, at), _same(text, at))
        kept += "" if length >= _SHORTEST_RUN else text[at]
        at += length if length >= _SHORTEST_RUN else 1
    return kept


def _run(text: str, at: int) -> int:
    """Return how many characters from here on lie in one row, forwards or backwards."""
    length = 1
    while at + length < len(text) and text[at : at + length + 1] in _rows():
        length += 1
    return length


def _same(text: str, at: int) -> int:
    """Return how often the character here is repeated."""
    rest = text[at:]
    return len(rest) - len(rest.lstrip(text[at]))


def _score(form: str, own: tuple[str, ...]) -> int:
    """Ask the guesser about what the keys give on a Latin layout, the only one it knows."""
    own = (*own, *(word.translate(TO_LATIN_KEYS) for word in own))
    with _one_at_a_time:
        _lay_lists_together()
        return int(zxcvbn(form[:_MOST_FOR_ZXCVBN], user_inputs=list(own))["score"])


@cache
def _lay_lists_together() -> None:
    """Keep the words of all its lists in one, each with its best rank.

    It looks every part of a password up in every list, and only the best rank counts.
    """
    best: dict[str, int] = {}
    for ranked in RANKED_DICTIONARIES.values():
        for word, rank in ranked.items():
            best[word] = min(rank, best.get(word, rank))
    RANKED_DICTIONARIES.clear()
    RANKED_DICTIONARIES["words"] = best


@cache
def _rows() -> str:
    return "\n".join(row[::step] for row in ROWS for step in (1, -1))


@cache
def _own_words_only() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(map(folded, OWN_WORDS), key=len, reverse=True)))
    return re.compile(f"(?:{words}){{1,{_MOST_OWN_WORDS}}}")


@cache
def common() -> frozenset[str]:
    listed = {folded(word) for word in FREQUENCY_LISTS["passwords"]}
    return frozenset(listed | {folded(word) for word in OWN_WORDS})
