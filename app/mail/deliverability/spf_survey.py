"""An SPF record with everything it includes: how much it costs receivers, and whom it names."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.mail.deliverability import spf
from app.mail.deliverability.spf_syntax import Record, Term
from app.mail.deliverability.zone import Said, Zone

_COSTLY = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
# Enough to know that it is too much.
_ENOUGH = 30


@dataclass(frozen=True, slots=True)
class Survey:
    """What the whole of a record amounts to; `is_whole` is false where DNS did not answer."""

    lookups: int
    names: frozenset[str]
    is_whole: bool


def survey(zone: Zone, record: Record) -> Survey:
    """Follow all includes, as a receiver would for an address that nothing fits."""
    walk = _Walk(zone)
    walk.through(record)
    return Survey(walk.lookups, frozenset(walk.names), walk.is_whole)


class _Walk:
    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self.lookups = 0
        self.names: set[str] = set()
        self.is_whole = True

    def through(self, record: Record) -> None:
        for term in _costly(record):
            self.lookups += 1
            if self.lookups > _ENOUGH:
                return
            if term.name in ("include", "redirect"):
                self._into(term.domain.lower().rstrip("."))

    def _into(self, name: str) -> None:
        """Follow a name; one with macros is another name for every address."""
        if "%" in name:
            self.is_whole = False
            return
        self.names.add(name)
        found = spf.published(self._zone, name)
        self.is_whole = self.is_whole and found.said is not Said.UNKNOWN
        if len(found.records) == 1:
            self.through(found.records[0])


def _costly(record: Record) -> Iterator[Term]:
    """Yield the terms that cost a look-up; nothing after `all` is ever read."""
    for term in record.mechanisms:
        if term.name == "all":
            return
        if term.name in _COSTLY:
            yield term
    if record.redirect:
        yield record.redirect
