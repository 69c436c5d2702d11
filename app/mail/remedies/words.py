"""What a diagnosis tells people: what it means, what to do, and which field to look at."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Remedy:
    """Two lazy sentences; their holes (`%(host)s` …) are filled by the page that shows them."""

    meaning: Any
    advice: Any
    field: str = ""
