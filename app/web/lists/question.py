"""A question to a list, as its address or a form asks it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Wanted = TypeVar("Wanted")


@dataclass(frozen=True, slots=True)
class Question(Generic[Wanted]):
    """A question to a list: as it was typed, as it is meant, and what is wrong with it.

    `is_cut` says that more people or addresses fit than are looked at.
    """

    typed: Mapping[str, str]
    filters: Wanted
    errors: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False

    @property
    def is_wide(self) -> bool:
        """Tell whether nothing narrows it."""
        return not any(self.typed.values())

    @property
    def kept(self) -> dict[str, str]:
        """Return what the next page has to be told."""
        return {name: value for name, value in self.typed.items() if value}
