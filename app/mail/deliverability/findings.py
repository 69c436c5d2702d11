"""What a look at DNS came to, as values: no sentences, those stand beside the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.mail.models import Role


class State(StrEnum):
    """How good it is, the gravest first."""

    WRONG = "wrong"
    MISSING = "missing"
    BETTER = "better"
    UNKNOWN = "unknown"
    GOOD = "good"


class Topic(StrEnum):
    """What is looked at, in the order of the page."""

    DOMAIN = "domain"
    MX = "mx"
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    PTR = "ptr"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; `code` names its sentence, `details` fill the holes."""

    state: State
    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Paste:
    """A record exactly as it is to be entered; it may take the place of another one."""

    name: str
    kind: str
    value: str
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Everything about one topic of one domain, or of one server."""

    topic: Topic
    about: str
    findings: tuple[Finding, ...]
    seen: tuple[str, ...] = ()
    paste: Paste | None = None
    role: Role | None = None

    @property
    def state(self) -> State:
        """Return the gravest state of the findings."""
        order = list(State)
        return min((one.state for one in self.findings), key=order.index, default=State.GOOD)

    @property
    def place(self) -> tuple[str, int]:
        """Return where the section stands among others: by domain, then by topic."""
        return self.about, list(Topic).index(self.topic)


@dataclass(frozen=True, slots=True)
class Relay:
    """A server that mail is handed to."""

    role: Role
    host: str


@dataclass(frozen=True, slots=True)
class Sender:
    """An address that mail comes from, and the servers through which it goes."""

    address: str
    relays: tuple[Relay, ...] = ()

    @property
    def domain(self) -> str:
        """Return what stands behind the @."""
        return self.address.rpartition("@")[2].lower()
