"""A hint with an example of machine text in it, written when the page is drawn."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.web.drawing.markup import fill, ltr


@dataclass(frozen=True, slots=True)
class Example:
    """A lazy sentence with the hole `%(example)s`."""

    sentence: Any
    example: str

    def __html__(self) -> Markup:
        return fill(self.sentence, example=ltr(self.example))

    def __str__(self) -> str:
        return str(self.sentence) % {"example": self.example}
