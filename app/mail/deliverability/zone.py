"""What DNS says, asked within bounds: each question once, a few seconds each, all of it together.

A name that does not exist, a name without such a record, and a question that nobody answered are
three different things here; only the last one is "could not be found out".
"""

import ipaddress
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import dns.exception
import dns.name
import dns.rdata
import dns.resolver
import dns.reversename
from dns.rdtypes.txtbase import TXTBase

from app.mail.smtp.wire import Deadline

SECONDS = 9.0
PER_QUESTION = 3.0
MOST_QUESTIONS = 300
_AT_ONCE = 24
_MOST_RECORDS = 50
_MOST_CHARACTERS = 4000


class Said(StrEnum):
    """What came of a question."""

    FOUND = "found"
    EMPTY = "empty"
    NO_NAME = "no_name"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one kind at one name, as text; MX with its number before the name."""

    said: Said
    values: tuple[str, ...] = ()

    @property
    def is_void(self) -> bool:
        """Tell whether DNS answered that there is nothing."""
        return self.said in (Said.EMPTY, Said.NO_NAME)


_UNKNOWN = Answer(Said.UNKNOWN)
_NO_NAME = Answer(Said.NO_NAME)


class Zone:
    """The name service as one check sees it; for several threads at once."""

    def __init__(
        self,
        resolver: dns.resolver.Resolver | None,
        seconds: float = SECONDS,
        per_question: float = PER_QUESTION,
    ) -> None:
        self._resolver = resolver
        self._deadline = Deadline.within(seconds)
        self._per_question = per_question
        self._known: dict[tuple[str, str], Answer] = {}

    def ask(self, name: str, kind: str) -> Answer:
        """Return the records of one kind; the reverse name of an address is asked with `PTR`."""
        question = (name.lower().rstrip("."), kind)
        if question not in self._known:
            full = len(self._known) >= MOST_QUESTIONS
            self._known[question] = _UNKNOWN if full else self._asked(*question)
        return self._known[question]

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Ask many questions at once; the answers come in their order."""
        listed = list(questions)
        if not listed:
            return []
        with ThreadPoolExecutor(min(_AT_ONCE, len(listed)), "dns") as pool:
            return list(pool.map(lambda one: self.ask(*one), listed))

    def addresses(self, name: str) -> Answer:
        """Return all addresses of a name; an address is its own."""
        if is_address(name):
            return Answer(Said.FOUND, (name,))
        four, six = self.ask_all([(name, "A"), (name, "AAAA")])
        found = four.values + six.values
        if found:
            return Answer(Said.FOUND, found)
        return _UNKNOWN if _UNKNOWN in (four, six) else four

    def _asked(self, name: str, kind: str) -> Answer:
        try:
            absolute = _absolute(name, kind)
        except (dns.exception.DNSException, ValueError):
            return _NO_NAME
        try:
            return Answer(Said.FOUND, self._records(absolute, kind))
        except dns.resolver.NXDOMAIN:
            return _NO_NAME
        except dns.resolver.NoAnswer:
            return Answer(Said.EMPTY)
        except (dns.exception.DNSException, OSError, ValueError):
            return _UNKNOWN

    def _records(self, name: dns.name.Name, kind: str) -> tuple[str, ...]:
        if self._resolver is None:
            raise OSError("this machine has no name service")
        seconds = self._deadline.allows(self._per_question)
        found = self._resolver.resolve(name, kind, lifetime=seconds, search=False)
        return tuple(_text(record) for record in list(found)[:_MOST_RECORDS])


def is_address(text: str) -> bool:
    """Tell whether a text is an address and not a name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def reverse_name(address: str) -> str:
    """Return the name under which the owner of an address publishes its PTR record."""
    return dns.reversename.from_address(address).to_text().rstrip(".")


def _absolute(name: str, kind: str) -> dns.name.Name:
    if kind == "PTR" and is_address(name):
        return dns.reversename.from_address(name)
    if not name:
        raise ValueError("no name")
    return dns.name.from_text(f"{name}.")


def _text(record: dns.rdata.Rdata) -> str:
    """Return a record as text, without what could harm a page; long texts are put together."""
    if isinstance(record, TXTBase):
        text = b"".join(record.strings).decode("utf-8", errors="replace")
    else:
        text = record.to_text().rstrip(".").lower()
    return "".join(c if c.isprintable() else " " for c in text)[:_MOST_CHARACTERS]
