"""What a server offered when it last worked, and what has become less since. Pure.

A connection that somebody tampers with looks like a server that offers less: no STARTTLS, no
sign-in, only mechanisms that show the password. What was offered once is remembered, so that
less is noticed before the password is said.
"""

from dataclasses import dataclass

# The mechanism among those we know that never shows the password itself.
CHALLENGE = "CRAM-MD5"
_MOST, _LONGEST = 16, 20


@dataclass(frozen=True, slots=True)
class Offer:
    """What was offered at one place, in a form that compares; `certificate` is a fingerprint."""

    place: str
    starttls: bool = False
    mechanisms: tuple[str, ...] = ()
    certificate: str = ""

    @property
    def sign_in(self) -> bool:
        """Tell whether a sign-in was offered at all."""
        return bool(self.mechanisms)

    def is_weakened_by(self, mechanism: str) -> bool:
        """Tell whether that mechanism would show a password which was not shown before."""
        return CHALLENGE in self.mechanisms and mechanism != CHALLENGE


def mechanisms_of(text: str) -> tuple[str, ...]:
    """Return the mechanisms of an AUTH line, in an order that does not depend on the server."""
    words = {word[:_LONGEST] for word in text.upper().replace("=", " ").split()}
    return tuple(sorted(words))[:_MOST]
