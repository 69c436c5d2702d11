"""The settings of the mail service as values: what they are, and what somebody wants them to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from app.mail.models import Encryption, Role
from app.mail.smtp.endpoint import place
from app.mail.smtp.offers import Offer

PasswordState = Literal["none", "stored", "unreadable"]

SETTINGS_FIELDS = ("sender_address", "sender_name", "smtp_active")
SERVER_FIELDS = ("host", "port", "encryption", "requires_auth", "username", "active")
# What None keeps as it is stored, because whoever posts the form may not know of them.
TRUST_FIELDS = ("certificate_name", "trusted_certificate")
LIMIT_FIELDS = ("max_connections", "messages_per_minute")
DEFAULT_CONNECTIONS = 4
DEFAULT_PORTS = {Encryption.NONE: 25, Encryption.STARTTLS: 587, Encryption.TLS: 465}


class Secret:
    """A password in memory: it compares, but neither prints nor formats."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the password itself; only the conversation with the server needs it."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One server as it is used: what is stored, under what the environment fixes."""

    role: Role
    host: str = ""
    port: int = DEFAULT_PORTS[Encryption.STARTTLS]
    encryption: Encryption = Encryption.STARTTLS
    requires_auth: bool = True
    username: str = ""
    password: Secret | None = None
    password_state: PasswordState = "none"
    active: bool = False
    sender_address: str = ""
    certificate_name: str = ""
    trusted_certificate: str = ""
    max_connections: int = DEFAULT_CONNECTIONS
    messages_per_minute: int = 0
    version: int = 0
    offered: Offer | None = None
    locked: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_saved(self) -> bool:
        """Tell whether anybody has ever said where this server is."""
        return bool(self.host)

    @property
    def destination(self) -> tuple[str, ...]:
        """Where a password would travel, for whom, and who would be believed to be there."""
        where = self.host, str(self.port), str(self.encryption)
        return *where, self.username, self.certificate_name, self.trusted_certificate

    @property
    def offered_here(self) -> Offer | None:
        """Return what was offered when this server last worked, if it was at this very place."""
        here = place(self.host, self.port, self.encryption)
        return self.offered if self.offered and self.offered.place == here else None


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Everything an administrator decides about sending."""

    primary: ServerSettings
    secondary: ServerSettings
    sender_address: str = ""
    sender_name: str = ""
    smtp_active: bool = False
    locked: Mapping[str, str] = field(default_factory=dict)
    updated_at: datetime | None = None
    updated_by: str = ""

    def server(self, role: Role) -> ServerSettings:
        """Return the server of that role."""
        return self.primary if role is Role.PRIMARY else self.secondary

    @property
    def servers(self) -> tuple[ServerSettings, ServerSettings]:
        """Return both servers, the primary first."""
        return self.primary, self.secondary

    def sender_for(self, server: ServerSettings) -> str:
        """Return the address that mail through this server comes from."""
        return server.sender_address or self.sender_address


@dataclass(frozen=True, slots=True)
class ServerChange:
    """What a server shall be; a blank password, and whatever is None, keep what is stored.

    `forget_offer`: less than what was offered before is accepted from now on.
    """

    host: str = ""
    port: int = DEFAULT_PORTS[Encryption.STARTTLS]
    encryption: Encryption = Encryption.STARTTLS
    requires_auth: bool = True
    username: str = ""
    password: Secret | None = None
    forget_password: bool = False
    active: bool = False
    sender_address: str = ""
    certificate_name: str | None = None
    trusted_certificate: str | None = None
    max_connections: int | None = None
    messages_per_minute: int | None = None
    forget_offer: bool = False

    def fields_of(self, server: ServerSettings) -> dict[str, Any]:
        """Return the plain fields that change, without those that the environment fixes."""
        names = [*SERVER_FIELDS, *(["sender_address"] if server.role is Role.SECONDARY else [])]
        optional = (*TRUST_FIELDS, *LIMIT_FIELDS)
        names += [name for name in optional if getattr(self, name) is not None]
        return {name: getattr(self, name) for name in names if name not in server.locked}

    def applied_to(self, server: ServerSettings) -> ServerSettings:
        """Return the server as it would be, with the password that is stored for it now."""
        offered = None if self.forget_offer else server.offered
        return replace(server, offered=offered, **self.fields_of(server))


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What an administrator confirmed on the settings page."""

    sender_address: str
    sender_name: str
    smtp_active: bool
    primary: ServerChange
    secondary: ServerChange

    def server(self, role: Role) -> ServerChange:
        """Return what is wanted of the server of that role."""
        return self.primary if role is Role.PRIMARY else self.secondary
