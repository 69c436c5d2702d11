"""What the address of the audit asks for; faults stand beside it, and unknown words are ignored."""

from collections.abc import Mapping
from typing import Final

from app.accounts.people import directory
from app.core.audit_trail import Filters
from app.i18n import normalise
from app.web.lists import days
from app.web.lists.question import Question
from app.web.words import audit_words

FIELDS: Final = ("who", "what", "about", "from", "to")
AREA: Final = "area:"
_LONGEST = 320
_MOST = directory.ADDRESSES_CALLED
Asked = Question[Filters]


def read(sent: Mapping[str, str]) -> Asked:
    """Return the question that was sent."""
    typed = {name: sent.get(name, "")[:_LONGEST].strip() for name in FIELDS}
    errors: dict[str, str] = {}
    since, until = days.between(typed, errors)
    actors, is_cut = _actors(typed["who"])
    filters = Filters(_events(typed["what"]), actors, typed["about"], since, until)
    return Question(typed, filters, errors, is_cut)


def _events(text: str) -> tuple[str, ...]:
    if text.startswith(AREA):
        return audit_words.events_of(text.removeprefix(AREA))
    return (text,) if text in audit_words.EVENTS else ()


def _actors(text: str) -> tuple[tuple[str, ...] | None, bool]:
    """Return the names under which those who are meant stand in the audit; None for everybody."""
    key = normalise.search_key(text)
    if not key:
        return None, False
    others = [
        name
        for name, word in audit_words.ACTORS.items()
        if key in {name, normalise.search_key(str(word))}
    ]
    people = directory.addresses_called(text, _MOST + 1)
    # Whoever acted may be gone, or have another address by now.
    typed = [normalise.machine(text)] if "@" in text else []
    found = dict.fromkeys([*others, *typed, *people[:_MOST]])
    return tuple(found), len(people) > _MOST
