"""What the address of a list asks for; words that mean nothing are as if they were not there."""

from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from app.accounts.models import UserRole, UserState
from app.accounts.people.directory import PendingFilter, UserFilter
from app.mail.log.recipients import Fate

_LONGEST = 320
_LARGEST = 2**31 - 1
_MOST = 200

Word = TypeVar("Word", bound=StrEnum)
Sent = MultiDict[str, str]


def of_users(sent: Sent) -> UserFilter:
    """Which people are looked for."""
    return UserFilter(
        _text(sent), _word(UserRole, sent.get("role")), _word(UserState, sent.get("state"))
    )


def of_pending(sent: Sent) -> PendingFilter:
    """Which attempts are looked for."""
    invited = {"invited": True, "registered": False}.get(sent.get("kind", ""))
    return PendingFilter(_text(sent), invited, _word(Fate, sent.get("mail")))


def numbers(texts: list[str]) -> list[int]:
    """The numbers among the texts, each once, no more than a page can choose."""
    found = (int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 10)
    return sorted({number for number in found if 0 < number <= _LARGEST})[:_MOST]


def _text(sent: Sent) -> str:
    return sent.get("q", "")[:_LONGEST]


def _word(words: type[Word], text: str | None) -> Word | None:
    return next((word for word in words if word.value == text), None)
