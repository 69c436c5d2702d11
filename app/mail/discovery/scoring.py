"""How good found settings are, and why: encryption first, and a name that fits its certificate."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.mail.discovery.candidate_probe import Certificate, Look, Outcome
from app.mail.discovery.candidates import Reason
from app.mail.models import Encryption

# A step of encryption outweighs every reason; a door without a sign-in is none for handing in.
_PROTECTION = {Encryption.TLS: 500, Encryption.STARTTLS: 450, Encryption.NONE: 0}
_UNVERIFIED = -600
_SIGN_IN = 60
_INTERCEPTED = -1000
_RECOMMENDED = 500
_REASONS = {
    Reason.PROVIDER: 30,
    Reason.SRV: 20,
    Reason.CERTIFICATE: 15,
    Reason.USUAL: 10,
    Reason.MX: 0,
}
_MADE_FOR_HANDING_IN = {465: 5, 587: 5}
# Under these a registration has three labels: example.co.ir, example.ac.uk.
_SECOND_LEVEL = frozenset("ac co com edu gov id net org sch".split())


class Mark(StrEnum):
    """One thing that speaks for or against found settings."""

    MATCHES = "matches"
    OTHER_NAME = "other_name"
    UNTRUSTED = "untrusted"
    PLAIN = "plain"
    NO_SIGN_IN = "no_sign_in"
    INTERCEPTED = "intercepted"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was seen at a place, what it is worth, and why."""

    look: Look
    score: int
    marks: tuple[Mark, ...]

    @property
    def is_usable(self) -> bool:
        """Tell whether a mail server is there."""
        return self.look.outcome is Outcome.ANSWERED

    @property
    def is_recommended(self) -> bool:
        """Tell whether a password may travel there with a good conscience."""
        return self.is_usable and self.score >= _RECOMMENDED

    @property
    def requires_auth(self) -> bool:
        """Tell whether to sign in; behind a bad certificate nobody knows, and most want it."""
        return self.look.offers_sign_in or self.look.certificate in _BAD


def judge(look: Look, domain: str, our_name: str = "") -> Judged:
    """Weigh what was seen for an address of this domain."""
    if look.outcome is not Outcome.ANSWERED:
        return Judged(look, 0, ())
    marks = tuple(_marks(look, domain, our_name))
    candidate = look.candidate
    score = _PROTECTION[look.encryption] + _REASONS[candidate.reason]
    score += _MADE_FOR_HANDING_IN.get(candidate.port, 0)
    score += _SIGN_IN if look.offers_sign_in else -_SIGN_IN
    score += _UNVERIFIED if look.certificate in _BAD else 0
    score += _INTERCEPTED if Mark.INTERCEPTED in marks else 0
    return Judged(look, score, marks)


def ranked(judged: Iterable[Judged]) -> list[Judged]:
    """Return the places where a mail server answered, the best first."""
    usable = (one for one in judged if one.is_usable)
    return sorted(usable, key=lambda one: (-one.score, one.look.candidate.host))


def organisation(host: str) -> str:
    """Return the registered domain of a name, as far as its labels tell."""
    labels = host.lower().rstrip(".").split(".")
    is_three = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if is_three else -2 :])


_BAD = frozenset({Certificate.OTHER_NAME, Certificate.UNTRUSTED})
_OF_CERTIFICATE = {
    Certificate.MATCHES: Mark.MATCHES,
    Certificate.OTHER_NAME: Mark.OTHER_NAME,
    Certificate.UNTRUSTED: Mark.UNTRUSTED,
    Certificate.NONE: Mark.PLAIN,
}


def _marks(look: Look, domain: str, our_name: str) -> Iterator[Mark]:
    yield _OF_CERTIFICATE[look.certificate]
    if not look.offers_sign_in and look.certificate not in _BAD:
        yield Mark.NO_SIGN_IN
    if look.called and look.certificate is not Certificate.MATCHES:
        yield from _about_the_name(look, domain, our_name)


def _about_the_name(look: Look, domain: str, our_name: str) -> Iterator[Mark]:
    """Say it when somebody else greets; a certificate that fits would prove that all is well.

    Under a customer's own name the hosting company's server greets with its own: that is usual.
    Anywhere else, or when our own network's server greets, the connection was led astray.
    """
    host, greets = organisation(look.candidate.host), organisation(look.called)
    if greets == host:
        return
    is_own_name = host == organisation(domain) and look.candidate.reason is not Reason.PROVIDER
    is_our_network = bool(our_name) and greets == organisation(our_name)
    yield Mark.SHARED if is_own_name and not is_our_network else Mark.INTERCEPTED
