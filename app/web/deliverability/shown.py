"""The sections of a look at DNS in words: for the page, and for lines as they come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from app.i18n import locales
from app.i18n.formats import number, percent
from app.i18n.text import _, _n
from app.mail.deliverability import Checkup, Finding, Paste, Section, State, Topic
from app.web.deliverability import words
from app.web.drawing.markup import fill, ltr, ltr_list, ltr_plain
from app.web.smtp import hosting_report

_COUNTS = {"count": number, "bits": number, "percent": percent}
_LISTS = frozenset({"ip", "names"})
# What a sentence names that is the same for everybody.
_FIXED = {"header": "DKIM-Signature", "kind": "Ed25519"}
_GRAVE = (State.WRONG, State.MISSING)


@dataclass(frozen=True, slots=True)
class Line:
    """One finding in words."""

    state: State
    icon: str
    words: Markup


@dataclass(frozen=True, slots=True)
class Card:
    """One section as the page shows it; `asks` are texts for who runs the server, by language."""

    id: str
    title: object
    about: str
    hint: object
    pill: tuple[str, str, object]
    lines: Sequence[Line]
    seen: Sequence[str]
    paste: Paste | None
    asks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A finished look: what it came to, and its cards in order."""

    pill: str
    summary: str
    cards: Sequence[Card]


def seen(checkup: Checkup) -> Seen:
    """Return a finished look in words."""
    sections = checkup.sections
    grave = sum(section.state in _GRAVE for section in sections)
    unknown = sum(section.state is State.UNKNOWN for section in sections)
    if grave:
        return Seen("bad", _grave(grave), cards(checkup))
    if unknown:
        words_of_it = _("Nothing wrong was found, but not everything is known.")
        return Seen("tip", words_of_it, cards(checkup))
    return Seen("ok", _("Receivers find everything they look for."), cards(checkup))


def _grave(count: int) -> str:
    return str(
        _n(
            "%(shown)s thing needs to be put right: the record or the text to send is beside it.",
            "%(shown)s things need to be put right: what to enter or to send is beside each.",
            count,
            shown=number(count),
        )
    )


def cards(checkup: Checkup) -> list[Card]:
    """Return what is known so far, in the order of the page."""
    return [_card(section, number) for number, section in enumerate(checkup.sections, start=1)]


def lines(checkup: Checkup) -> Iterator[dict[str, Any]]:
    """Yield a line for each section as it is known, then everything in order."""
    for done, section in enumerate(checkup.run(), start=1):
        yield {
            "stage": section.topic.value,
            "about": section.about,
            "state": section.state.value,
            "codes": [finding.code for finding in section.findings],
            "done": done,
            "total": checkup.total,
            "message": str(words.TITLES[section.topic]),
            "said": _("%(done)s of %(total)s parts checked", **_counted(done, checkup.total)),
        }
    found = seen(checkup)
    yield {
        "stage": "result",
        "state": found.pill,
        "message": found.summary,
        "html": render_template("deliverability/_seen.html", seen=found),
    }


def _counted(done: int, total: int) -> dict[str, str]:
    return {"done": number(done), "total": number(total)}


def _card(section: Section, place: int) -> Card:
    return Card(
        id=f"{section.topic.value}-{place}",
        title=words.TITLES[section.topic],
        about=section.about,
        hint=words.HINTS[section.topic],
        pill=words.STATES[section.state],
        lines=[_line(finding, section) for finding in section.findings],
        seen=section.seen,
        paste=section.paste,
        asks=_asks(section),
    )


def _line(finding: Finding, section: Section) -> Line:
    given = {"host": section.about, **_FIXED, **finding.details}
    holes = {name: _shown(name, value) for name, value in given.items()}
    sentence = fill(words.FINDINGS[finding.code], **holes)
    return Line(finding.state, words.STATES[finding.state][1], sentence)


def _shown(name: str, value: str) -> object:
    if write := _COUNTS.get(name):
        return write(int(value))
    return ltr_list(value) if name in _LISTS else ltr(value)


def _asks(section: Section) -> dict[str, str]:
    """Return what to send to the operator of the server, where nobody else can mend it."""
    if section.state not in (*_GRAVE, State.UNKNOWN):
        return {}
    if section.topic is Topic.DKIM and section.findings[0].code != "dkim.unknown":
        return {code: _about_dkim(code, section.about) for code in hosting_report.languages()}
    if section.topic is Topic.PTR and section.paste:
        return {code: _about_ptr(code, section.paste) for code in hosting_report.languages()}
    return {}


def _about_dkim(locale: str, domain: str) -> str:
    with locales.use(locale) as language:
        sentence = _(
            "Hello, please switch on DKIM for %(domain)s on the server that sends our mail, and "
            "tell us the name and the value of the record that we have to enter in DNS.",
            domain=_plain(domain, language.direction),
        )
        return str(sentence)


def _about_ptr(locale: str, paste: Paste) -> str:
    with locales.use(locale) as language:
        sentence = _(
            "Hello, receivers refuse mail from a server whose address has no name. Please enter "
            "this PTR record: %(record)s",
            record=_plain(f"{paste.name} PTR {paste.value}", language.direction),
        )
        return str(sentence)


def _plain(text: str, direction: str) -> str:
    return ltr_plain(text) if direction == "rtl" else text
