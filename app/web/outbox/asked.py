"""What the address of the list asks for, or a form that carries it on; faults stand beside it.

What no page of ours sends is answered with 400. A wrong day is a fault of a person: it is said
beside the field, and the rest of the question stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from flask import abort

from app.accounts.people import correspondents
from app.core import addresses
from app.core.addresses import InvalidAddress
from app.i18n import normalise
from app.mail import kinds
from app.mail.log import log
from app.mail.log.log import Filters
from app.mail.models import OutboxState, Role
from app.web.lists import days
from app.web.lists.question import Question
from app.web.outbox.words import is_held

FIELDS: Final = ("q", "state", "kind", "server", "from", "to")
HELD: Final = "held"
STATES: Final = {
    "waiting": (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN),
    HELD: (OutboxState.QUEUED,),
    "unknown": (OutboxState.UNKNOWN,),
    "sent": (OutboxState.SENT,),
    "failed": (OutboxState.FAILED, OutboxState.EXPIRED),
    "cancelled": (OutboxState.CANCELLED,),
}
_LONGEST = 320
_MOST = log.ADDRESSES_ASKED
_LARGEST = 2**31 - 1
_MOST_CHOSEN = 200

Known = TypeVar("Known")
Asked = Question[Filters]


def read(sent: Mapping[str, str]) -> Asked:
    """Return the question that was sent."""
    typed = {name: sent.get(name, "")[: 2 * _LONGEST].strip() for name in FIELDS}
    errors: dict[str, str] = {}
    since, until = days.between(typed, errors)
    recipients, is_cut = _recipients(typed["q"][:_LONGEST])
    filters = Filters(
        states=_one_of(STATES.get, typed["state"]) or (),
        kinds=(typed["kind"],) if _one_of(_known_kind, typed["kind"]) else (),
        server=_one_of(_role, typed["server"]),
        recipients=recipients,
        since=since,
        until=until,
    )
    if typed["state"] == HELD and not is_held():
        filters = replace(filters, numbers=())
    return Question(typed, filters, errors, is_cut)


def chosen(texts: list[str]) -> tuple[int, ...]:
    """Return the numbers of messages among the texts, each once; 400 for anything else."""
    found = {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 10}
    right = {number for number in found if 0 < number <= _LARGEST}
    if len(right) != len(set(texts)) or len(right) > _MOST_CHOSEN:
        abort(400)
    return tuple(sorted(right))


def number_in(sent: Mapping[str, str], name: str) -> int:
    """Return a number that a page of ours sends along; 400 for anything else, 0 for nothing."""
    text = sent.get(name, "")
    return chosen([text])[0] if text not in {"", "0"} else 0


def _one_of(known: Callable[[str], Known | None], text: str) -> Known | None:
    found = known(text) if text else None
    if text and not found:
        abort(400)
    return found


def _known_kind(name: str) -> str | None:
    return name if name in kinds.names() else None


def _role(name: str) -> Role | None:
    return Role(name) if name in set(Role) else None


def _recipients(text: str) -> tuple[tuple[str, ...] | None, bool]:
    """Return the addresses that are meant: one as a whole, those that begin so, people's."""
    key = normalise.machine(text).lower()
    if not normalise.search_key(text):
        return (() if key else None), False
    try:
        return (addresses.parse(key).ascii.lower(),), False
    except InvalidAddress:
        begun = log.addresses_beginning(key, _MOST + 1) if key.isascii() else []
    people = correspondents.addresses_of(text, _MOST + 1)
    found = tuple(dict.fromkeys([*begun[:_MOST], *people[:_MOST]]))
    return found, max(len(begun), len(people)) > _MOST
