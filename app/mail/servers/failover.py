"""Which server next, and what becomes of the message: pure decisions over what was asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.mail.diagnosis.replies import Outcome, Verdict
from app.mail.models import Role


@dataclass(frozen=True, slots=True)
class Asked:
    """One server was asked, and this came of it."""

    role: Role
    verdict: Verdict


class Fate(StrEnum):
    """What becomes of a message after a round."""

    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"
    FAILED = "failed"
    WAIT = "wait"


_FINAL = (Outcome.MESSAGE, Outcome.RECIPIENT, Outcome.SERVER_POLICY)


def first_to_ask(usable: Sequence[Role], wanted: Role | None) -> Role | None:
    """Return who is asked first: the server a message is bound to, else the first usable one."""
    if wanted is not None and wanted in usable:
        return wanted
    return usable[0] if usable else None


def next_to_ask(usable: Iterable[Role], asked: Sequence[Asked]) -> Role | None:
    """Return the server to ask after the last answer, or None when the round is over.

    Another server is asked only when the last one could not take the message for a reason of its
    own, and none is asked twice in a round.
    """
    if asked and not asked[-1].verdict.asks_next:
        return None
    been = {one.role for one in asked}
    return next((role for role in usable if role not in been), None)


def fate(asked: Sequence[Asked]) -> Fate:
    """Return what the answers of a round amount to.

    A message fails only when every server that was asked refused it for good; as long as one of
    them was merely unable, it is tried again.
    """
    if not asked:
        return Fate.WAIT
    outcomes = [one.verdict.outcome for one in asked]
    if outcomes[-1] is Outcome.ACCEPTED:
        return Fate.SENT
    if outcomes[-1] is Outcome.UNKNOWN:
        return Fate.UNKNOWN
    if outcomes[-1] in (Outcome.MESSAGE, Outcome.RECIPIENT):
        return Fate.FAILED
    return Fate.FAILED if all(outcome in _FINAL for outcome in outcomes) else Fate.RETRY


def bound_to(asked: Sequence[Asked], rounds: int) -> Role | None:
    """Return the server to begin with next time, where it matters.

    Greylisting knows the sending server, so the first retry goes to the same one; from the second
    on they take turns, because what one is refused for now the other may be allowed.
    """
    last = asked[-1]
    if last.verdict.outcome is not Outcome.RECIPIENT_TEMPORARY:
        return None
    return last.role if rounds <= 1 else last.role.other
