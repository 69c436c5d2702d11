"""A state in a word, with a colour and a picture that says the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pill:
    """The live state of a tile or a server."""

    kind: str
    icon: str
    text: str
