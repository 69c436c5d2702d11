"""What a second look found out after a failure, as facts. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.mail.models import Encryption


class Door(StrEnum):
    """How a port answers from here."""

    OPEN = "open"
    CLOSED = "closed"
    SILENT = "silent"
    FORBIDDEN = "forbidden"


class Speaks(StrEnum):
    """What speaks behind an open port; other services are not told apart."""

    NOTHING = ""
    SMTP = "smtp"
    STARTTLS = "starttls"
    TLS = "tls"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PortSeen:
    """One port as seen from this machine."""

    port: int
    door: Door
    speaks: Speaks = Speaks.NOTHING

    @property
    def takes_mail(self) -> bool:
        """Tell whether a mail server speaks there."""
        return self.speaks in (Speaks.SMTP, Speaks.STARTTLS, Speaks.TLS)

    @property
    def encryption(self) -> Encryption:
        """Return the kind of encryption that fits this port."""
        return {Speaks.TLS: Encryption.TLS, Speaks.SMTP: Encryption.NONE}.get(
            self.speaks, Encryption.STARTTLS
        )


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it was shown, whether or not it deserves trust."""

    names: tuple[str, ...]
    issuer: str
    valid_from: datetime
    valid_until: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What the second looks found; None and empty mean that nobody knows."""

    ports: tuple[PortSeen, ...] = ()
    web_works: bool | None = None
    port_25_is_shut: bool | None = None
    behind_silence: Speaks = Speaks.NOTHING
    certificate: Certificate | None = None
    suggestion: str = ""
    intercepted_by: str = ""
    name_exists: bool | None = None
    resolver_works: bool | None = None

    @property
    def open_port(self) -> PortSeen | None:
        """Return the best port at which a mail server speaks: encrypted ones first."""
        order = (Speaks.STARTTLS, Speaks.TLS, Speaks.SMTP)
        taking = [seen for seen in self.ports if seen.takes_mail]
        return min(taking, key=lambda seen: order.index(seen.speaks), default=None)

    @property
    def all_mail_is_silent(self) -> bool:
        """Tell whether none of the usual ports answered at all."""
        return bool(self.ports) and all(seen.door is Door.SILENT for seen in self.ports)
