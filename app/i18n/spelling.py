"""How a text is set: what a rule finds in a translation, and what should stand there instead.

Most rules follow from the row of the language (its digits, its letters, its comma) and hold for
a language that nobody has thought of here. Persian has some of its own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from app.i18n.locales import Locale

ZWNJ = "\u200c"
# Stands where a hole, a tag or a number of a machine stood, so that its neighbours stay apart.
SOMETHING = "\ufffc"
_ALL_DIGITS = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
_ARABIC_SCRIPT = r"\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff"
_LETTER = f"[{_ARABIC_SCRIPT}]"
_MARKS = str.maketrans({",": "،", ";": "؛", "?": "؟"})

Mend = Callable[[re.Match[str]], str] | str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in words, and the piece of text that should stand there; perhaps unknown."""

    reason: str
    written: str
    better: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that no good text has."""

    pattern: re.Pattern[str]
    reason: str
    mend: Mend | None = None

    def findings(self, text: str) -> Iterator[Finding]:
        """Return every place where the text breaks the rule, with the words around it."""
        for found in self.pattern.finditer(text):
            better = (
                ""
                if self.mend is None
                else found.expand(self.mend)
                if isinstance(self.mend, str)
                else self.mend(found)
            )
            # What cannot be seen is called by its number.
            reason = self.reason.replace("{sign}", f"U+{ord(found[0][0]):04X}")
            yield Finding(reason, _around(text, found), _around(text, found, better))


def findings(text: str, locale: Locale) -> Iterator[Finding]:
    """Return everything that is badly set in a text from which holes and tags were taken."""
    for rule in _rules(locale):
        yield from rule.findings(text)


def runs(text: str, locale: Locale) -> Iterator[Finding]:
    """Return the Latin words that would change places, in a text from right to left."""
    return _LATIN_RUN.findings(text) if locale.direction == "rtl" else iter(())


def word_rule(word: str, instead: str) -> Rule:
    """Return the rule against a word that the glossary does not want."""
    pattern = rf"(?<!{_LETTER})(?<!{ZWNJ}){re.escape(word)}(?!{_LETTER})"
    return Rule(re.compile(pattern), f"the glossary says «{instead}»", instead.replace("\\", ""))


def _around(text: str, found: re.Match[str], replacement: str | None = None) -> str:
    """Return the words that the finding touches, as they are or as they should be."""
    start = max(text.rfind(" ", 0, found.start()), text.rfind("\n", 0, found.start())) + 1
    ends = [at for at in (text.find(" ", found.end()), text.find("\n", found.end())) if at >= 0]
    end = min(ends, default=len(text))
    middle = found[0] if replacement is None else replacement
    return (text[start : found.start()] + middle + text[found.end() : end]).strip()


@cache
def _rules(locale: Locale) -> tuple[Rule, ...]:
    arabic = locale.comma == "،"
    own = _PERSIAN if locale.code == "fa" else ()
    return (*_letters(locale), *_digits(locale), *_EVERYWHERE, *(_ARABIC if arabic else ()), *own)


def _letters(locale: Locale) -> Iterator[Rule]:
    for pair in locale.letters.split():
        reason = f"the letter {pair[0]} (U+{ord(pair[0]):04X}) is of another language"
        yield Rule(re.compile(re.escape(pair[0])), f"{reason}; write {pair[1:]}", pair[1:])


def _digits(locale: Locale) -> Iterator[Rule]:
    """Digits of other scripts; Latin ones may be part of a Latin name, not of a sentence."""
    for digits in _ALL_DIGITS:
        if digits == locale.digits:
            continue
        one = f"[{digits}]"
        if digits.isascii():
            one = rf"(?<![A-Za-z0-9.]){one}+(?![0-9A-Za-z.]*[A-Za-z])"
            yield Rule(re.compile(one), _of_digits(digits, locale), _own_digits(locale))
        else:
            yield Rule(re.compile(f"{one}+"), _of_digits(digits, locale), _own_digits(locale))
    if not locale.digits.isascii():
        yield Rule(re.compile(" *%"), "Latin percent sign; beside these digits it is ٪", "٪")


def _of_digits(digits: str, locale: Locale) -> str:
    name = {"0": "Latin", "۰": "Persian", "٠": "Arabic"}[digits[0]]
    return f"{name} digit; in sentences use {locale.digits[0]} to {locale.digits[-1]}"


def _own_digits(locale: Locale) -> Mend:
    table = {ord(digits[n]): locale.digits[n] for digits in _ALL_DIGITS for n in range(10)}
    return lambda found: found[0].translate(table)


_EVERYWHERE = (
    Rule(re.compile("[!！]"), "exclamation mark", "."),
    Rule(re.compile(r"\.\.\."), "three dots instead of an ellipsis", "…"),
    Rule(re.compile("  +"), "double space", " "),
    Rule(
        re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]"),
        "direction mark or invisible sign {sign}; the template isolates what needs it",
        "",
    ),
    Rule(re.compile(r" +(?=[.,،؛;:؟?](?:\s|$))"), "space before a mark", ""),
)
# Between two Latin words the comma follows their direction, so the first of them is read last.
_LATIN_RUN = Rule(
    re.compile(r"(?<=[A-Za-z])([\w-]*\)?)، ?(?=\(?[A-Za-z0-9])", re.ASCII),
    "Latin words on both sides of «،» change places; join them by a word",
    r"\1 و ",
)
_ARABIC = (
    Rule(
        re.compile(rf"(?<=[{_ARABIC_SCRIPT}»{SOMETHING}])\s*[,;?](?!\w)|[,;?](?=\s*{_LETTER})"),
        "Latin punctuation",
        lambda found: found[0].strip().translate(_MARKS),
    ),
    Rule(
        re.compile(r'"([^"]*)"|“([^”]*)”'),
        "Latin quotation marks",
        lambda found: f"«{found[1] or found[2] or ''}»",
    ),
    Rule(re.compile("ـ+"), "kashida", ""),
    Rule(re.compile(r"[،؛؟](?=\w)"), "a space is missing after the mark", r"\g<0> "),
)
_FA = "آ-ی"
_PERSIAN = (
    Rule(re.compile(rf"(?<![{_FA}])(ن?می) (?=[{_FA}])"), "«می» needs a half-space", rf"\1{ZWNJ}"),
    Rule(
        re.compile(
            rf"(?<=[{_FA}]) (هایی|هایش|های|ها|ترین|ترها|تر|گذاری|سازی|پذیر|ناپذیر)(?![{_FA}{ZWNJ}])"
        ),
        "ending needs a half-space",
        rf"{ZWNJ}\1",
    ),
    Rule(
        re.compile(
            rf"(?<![{_FA}])(?:بی درنگ|پیش فرض|پیش نویس|هم زمان|هم خوان|هم چنین|راست چین|چپ چین)"
            rf"(?![{_FA}])"
        ),
        "the parts of this word need a half-space",
        lambda found: found[0].replace(" ", ZWNJ),
    ),
    Rule(re.compile(rf"(?<=[{_FA}])ه ی(?![{_FA}])"), "ezafe after a silent he is «هٔ»", "هٔ"),
    Rule(re.compile("(?<!ه)\u0654"), "only «ه» carries this hamza", ""),
    Rule(
        re.compile(f"(?<![{_FA}ۀٔ{SOMETHING}]){ZWNJ}|{ZWNJ}(?![{_FA}{SOMETHING}])"),
        "half-space that joins nothing",
        "",
    ),
    Rule(re.compile(rf"(?<![{_FA}])می{ZWNJ}?باش(\w*)"), "write «است»"),
    Rule(re.compile(rf"(?<![{_FA}])نمای(?:ید|یم|د)(?![{_FA}])"), "write «کنید» or «کند»"),
    Rule(re.compile(rf"(?<![{_FA}])گردید(?![{_FA}])"), "write «شد»", "شد"),
)
