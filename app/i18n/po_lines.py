"""The lines of a catalog before they are parsed, so that a slip of the hand names its line.

Babel takes the last letter of a text for a lost quotation mark, and the second of two entries for
the only one. What is refused here would otherwise be read as something that nobody wrote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TEXT = r'"(?:[^"\\]|\\.)*"'
_COMMENT = re.compile(r"#|$")
_MORE = re.compile(rf"{_TEXT}$")
_BEGIN = re.compile(rf"(msgctxt|msgid|msgid_plural|msgstr(?:\[(\d+)\])?) ({_TEXT})$")
_MERGED = re.compile(r"<{7}|={7}|>{7}")
_FORMS = re.compile(r'"Plural-Forms: *nplurals *= *(\d+)')
Lines = list[tuple[int, str]]
_QUOTES = 'begin and end the text with ", and write \\" inside it'


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a file cannot be read, why, and what mends it."""

    line: int
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.reason}; {self.mend}"


class UnreadableCatalogError(ValueError):
    """A file that would be read as something else than was written."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"line {fault.line}: {fault}")
        self.fault = fault


def text_of(data: bytes) -> str:
    """Return the text of a file; raise `UnreadableCatalogError` for one that is no catalog."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fault = Fault(line, "a letter that is not UTF-8", "save the file as UTF-8")
        raise UnreadableCatalogError(fault) from error
    for fault in _faults(text):
        raise UnreadableCatalogError(fault)
    return text


def _faults(text: str) -> Iterator[Fault]:
    lines = list(enumerate(map(str.strip, text.split("\n")), start=1))
    for number, line in lines:
        if _MERGED.match(line):
            yield Fault(number, "two changes met here", "keep one of them, take the marks away")
        elif not any(kind.match(line) for kind in (_COMMENT, _BEGIN, _MORE)):
            yield Fault(number, "neither a text in quotation marks nor a comment", _QUOTES)
    yield from _forms_too_many(lines)
    yield from _entries_twice(lines)


def _forms_too_many(lines: Lines) -> Iterator[Fault]:
    """More forms of a plural than the top of the file promises."""
    promised = next((int(found[1]) for _, line in lines if (found := _FORMS.match(line))), None)
    for number, line in lines:
        begun = _BEGIN.match(line)
        if begun and begun[2] and promised is not None and int(begun[2]) >= promised:
            reason = f"{begun[1]} is one form too many: Plural-Forms names {promised}"
            yield Fault(number, reason, "delete it, or mend Plural-Forms at the top of the file")


def _entries_twice(lines: Lines) -> Iterator[Fault]:
    """The same sentence in the same context once more."""
    first: dict[tuple[str, str], int] = {}
    context = source = ""
    at = 0
    for number, line in lines:
        begun = _BEGIN.match(line)
        if begun and begun[1] == "msgctxt":
            context = begun[3]
        elif begun and begun[1] == "msgid":
            source, at = begun[3], number
        elif begun and begun[1].startswith("msgstr") and at:
            if (before := first.setdefault((context, source), at)) != at:
                yield Fault(at, f"the same sentence as in line {before}", "delete one of the two")
            context, at = "", 0
        elif at and _MORE.match(line):
            source += line
