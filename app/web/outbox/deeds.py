"""Deciding about many messages: first asked, then done portion by portion, each press a portion.

Everything that the next press needs travels with the page, so it can be left and come back to;
messages that arrive meanwhile have higher numbers and are not meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import abort
from flask_babel import LazyString
from werkzeug.datastructures import MultiDict

from app.core.audit import Actor
from app.i18n.text import _l
from app.mail import kinds
from app.mail.log import log
from app.mail.log.log import Filters
from app.mail.models import OutboxState
from app.mail.outbox import by_hand
from app.mail.outbox.by_hand import POSSIBLE_IN, Deed
from app.web.outbox import asked
from app.web.outbox.asked import Asked

# What travels from press to press, beside the filters.
STATE: Final = ("deed", "ids", "all", "below", "start", "total", "seen", "changed")
_AT_ONCE: Final = {Deed.RETRY: 500, Deed.CANCEL: 500, Deed.SETTLE: 100, Deed.RESEND: 100}


@dataclass(frozen=True, slots=True)
class Look:
    """How a deed is called, and what follows from it."""

    title: LazyString
    button: LazyString
    icon: str
    consequences: tuple[LazyString, ...]
    is_dangerous: bool = False


LOOKS: Final = {
    Deed.RETRY: Look(
        _l("Try mails now"),
        _l("Try now"),
        "repeat",
        (
            _l("Waiting mails become due at once; failed mails start anew with their full time."),
            _l("Their links are made when they are sent, so they are valid for their full time."),
            _l("Mails with an unknown outcome are sent once more and may arrive twice."),
        ),
    ),
    Deed.CANCEL: Look(
        _l("Cancel mails"),
        _l("Cancel sending"),
        "trash",
        (
            _l("Nobody gets these mails; whoever waits for a link goes on waiting."),
            _l("Mail that is being sent right now goes out all the same."),
        ),
        is_dangerous=True,
    ),
    Deed.SETTLE: Look(
        _l("Mark mails as sent"),
        _l("Mark as sent"),
        "check",
        (
            _l("These mails are not sent once more. Do this only when you know that they arrived."),
            _l("Their links are valid for their full time from now on."),
        ),
    ),
    Deed.RESEND: Look(
        _l("Send fresh mails"),
        _l("Send a fresh mail"),
        "send",
        (
            _l("Each person gets a new mail with a new link, at the address that is stored now."),
            _l("Where a link is not needed any more, no mail is sent."),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Order:
    """A deed on some messages, and how far it has got.

    `below` is the number below which the next portion begins, `start` where the first one did.
    """

    deed: Deed
    asked: Asked
    ids: tuple[int, ...]
    below: int
    start: int
    total: int
    seen: int
    changed: int

    @property
    def look(self) -> Look:
        """Return how it is called."""
        return LOOKS[self.deed]

    @property
    def has_begun(self) -> bool:
        """Tell whether the first portion is done."""
        return 0 < self.below < self.start

    @property
    def fields(self) -> dict[str, object]:
        """Return what the next press has to send."""
        where = {"ids": ",".join(map(str, self.ids))} if self.ids else {"all": "y"}
        numbers = {name: getattr(self, name) for name in STATE[3:]}
        return {"deed": self.deed.value, **where, **self.asked.kept, **numbers}

    @property
    def percent(self) -> int:
        """Return how much is done: by count where it is known, else by the numbers passed."""
        if self.total and self.total <= log.COUNTED_TO:
            return min(100, 100 * self.seen // self.total)
        all_of_them = max(1, self.start - log.lowest_number())
        return max(0, min(100, 100 * (self.start - self.below) // all_of_them))


def read(sent: MultiDict[str, str]) -> Order:
    """Return the order that was sent; 400 for what no page of ours sends."""
    if sent.get("deed") not in set(Deed):
        abort(400)
    ids = sent.getlist("id") or [text for text in sent.get("ids", "").split(",") if text]
    question = asked.read(sent)
    if question.errors:
        abort(400)
    numbers = {name: asked.number_in(sent, name) for name in STATE[3:]}
    return Order(Deed(sent["deed"]), question, asked.chosen(ids), **numbers)


def is_about_nothing(sent: Mapping[str, str]) -> bool:
    """Tell whether nothing was chosen, and not everything either."""
    return not (sent.get("id") or sent.get("ids") or sent.get("all"))


def begun(order: Order) -> Order:
    """Return the order with its size and the place where it starts; nothing is done yet."""
    wanted = possible(order)
    newest = log.numbers(wanted, None, 1) if wanted else []
    start = newest[0] + 1 if newest else 0
    return replace(
        order, total=log.count(wanted) if wanted else 0, start=start, below=start, seen=0, changed=0
    )


def carry_on(order: Order, actor: Actor) -> tuple[Order, bool]:
    """Do one portion, and tell whether it was the last one."""
    wanted = possible(order)
    size = _AT_ONCE[order.deed]
    numbers = log.numbers(wanted, order.below, size) if wanted and order.below else []
    if not numbers:
        return order, True
    changed = order.changed + by_hand.decide(order.deed, numbers, actor)
    further = replace(order, below=numbers[-1], seen=order.seen + len(numbers), changed=changed)
    return further, len(numbers) < size


def possible(order: Order) -> Filters | None:
    """Return the messages that match and allow the deed; None when there can be none."""
    wanted = order.asked.filters
    if order.ids:
        wanted = Filters(numbers=order.ids)
    states = tuple(
        state for state in POSSIBLE_IN[order.deed] if not wanted.states or state in wanted.states
    )
    if order.deed is Deed.RESEND:
        sendable = (name for name in kinds.names() if kinds.again(name))
        wanted = replace(
            wanted, kinds=tuple(n for n in sendable if not wanted.kinds or n in wanted.kinds)
        )
        if not wanted.kinds:
            return None
    return replace(wanted, states=states) if states else None


def unknown_among(order: Order) -> int:
    """Return how many of them may arrive twice by a retry, as far as they are counted."""
    wanted = possible(order)
    if order.deed is not Deed.RETRY or not wanted or OutboxState.UNKNOWN not in wanted.states:
        return 0
    return log.count(replace(wanted, states=(OutboxState.UNKNOWN,)))
