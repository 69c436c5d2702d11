"""What a diagnosis tells people, in two registers, and whom its failure concerns."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """Whom a situation concerns; delivery decides by `replies`, this is for people and pages."""

    SERVER = "server"
    TEMPORARY = "temporary"
    RECIPIENT = "recipient"
    CAUGHT = "caught"
    UNKNOWN = "unknown"
    WARNING = "warning"
    INFO = "info"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Lazy sentences; their holes (`%(host)s` …) are filled by the page that shows them.

    `meaning` and `advice` speak to the owner of the site, `technical` to the support of a hosting
    company. `fields` are the guilty form fields, the first of them first; `fixes` what a press of
    a button could change.
    """

    scope: Scope
    meaning: Any
    advice: Any
    technical: Any
    fields: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """Return the field to look at first, or an empty string."""
        return self.fields[0] if self.fields else ""
