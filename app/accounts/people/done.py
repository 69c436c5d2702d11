"""What became of a deed on several people: with whom it was done, and why not with the others."""

from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """Why somebody was left out; pages have a sentence for each."""

    GONE = "gone"
    ONESELF = "oneself"
    LAST_ADMINISTRATOR = "last_administrator"
    DISABLED = "disabled"
    HAS_ACCOUNT = "has_account"
    NO_PASSWORD = "no_password"
    TOO_SOON = "too_soon"


@dataclass(slots=True)
class Done:
    """Numbers of those with whom it was done, and of those who were left out, each with why."""

    numbers: list[int] = field(default_factory=list)
    left_out: dict[int, Why] = field(default_factory=dict)

    def note(self, number: int) -> None:
        """Remember that it was done with this one."""
        self.numbers.append(number)

    def leave(self, number: int, why: Why) -> None:
        """Remember that this one was left out."""
        self.left_out[number] = why
