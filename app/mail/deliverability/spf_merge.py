"""The SPF record to publish: the one that is there, with what the servers need. Pure."""

from collections.abc import Iterable, Sequence

from app.mail.deliverability.services import Service
from app.mail.deliverability.spf import MOST_LOOKUPS
from app.mail.deliverability.spf_syntax import Record
from app.mail.deliverability.zone import is_address

_OPEN = ("+", "?")
_VERSION = "v=spf1"
_FOR_OTHERS = "~all"


def needed(host: str, service: Service | None, addresses: Sequence[str], room: int) -> list[str]:
    """Return the terms that let a server send; plain addresses where no look-up is left."""
    if service is not None:
        return [f"include:{service.include}"] if service.include else []
    if is_address(host) or room < 1:
        return [_of_address(ip) for ip in addresses]
    return [f"a:{host}"]


def fresh(terms: Iterable[str], incoming: Service | None, *, has_mx: bool) -> str:
    """Return a first record: the servers, and who receives, as that one mostly sends as well."""
    first: list[str] = []
    if incoming is not None:
        first = [f"include:{incoming.include}"] if incoming.include else []
    elif has_mx:
        first = ["mx"]
    return _joined([*first, *terms], _FOR_OTHERS)


def merged(records: Sequence[Record], terms: Iterable[str]) -> str:
    """Return one record in place of those that are there: nothing that worked is lost."""
    kept = [
        term.text
        for record in records
        for term in record.terms
        if term.name not in ("all", "redirect")
    ]
    return _joined([*kept, *terms], _ending(records))


def room_for(lookups: int) -> int:
    """Return how many look-ups are left."""
    return max(MOST_LOOKUPS - lookups, 0)


def _ending(records: Sequence[Record]) -> str:
    """Return the end: the mildest word for everybody else that is no open door.

    Where two records disagree, nobody knows whether the stricter one was ever complete.
    """
    words = [record.catch_all for record in records if record.catch_all]
    closed = [term for term in words if term.qualifier not in _OPEN]
    redirects = [record.redirect.text for record in records if record.redirect]
    if len(records) == 1 and redirects:
        return redirects[0]
    strict = bool(closed) and all(term.qualifier == "-" for term in closed)
    return "-all" if strict else _FOR_OTHERS


def _joined(terms: Iterable[str], ending: str) -> str:
    return " ".join(dict.fromkeys((_VERSION, *terms, ending)))


def _of_address(ip: str) -> str:
    return f"ip6:{ip}" if ":" in ip else f"ip4:{ip}"
