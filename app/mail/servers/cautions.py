"""What is allowed but rarely right about the settings of the two servers. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from app.mail.models import Encryption, Role
from app.mail.server_settings import ServerSettings
from app.mail.smtp.address_policy import is_internal

_STARTTLS_PORTS = frozenset({25, 587})
_TLS_PORT = 465


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to think twice about, and the field where it shows."""

    code: str
    role: Role
    field: str

    def __str__(self) -> str:
        return f"{self.role}.{self.code}"


def cautions(
    primary: ServerSettings, secondary: ServerSettings, *, is_on: bool = False
) -> list[Caution]:
    """Return what is unusual about the servers that are in use, while sending is on or off."""
    active = [server for server in (primary, secondary) if server.active and server.host]
    found = [caution for server in active for caution in _of_one(server)]
    if is_on and not any(server.active for server in (primary, secondary)):
        found.append(Caution("no_active_server", Role.PRIMARY, "active"))
    if len(active) > 1 and primary.host.lower() == secondary.host.lower():
        found.append(Caution("same_server", Role.SECONDARY, "host"))
    return found


def _of_one(server: ServerSettings) -> Iterator[Caution]:
    if server.port == _TLS_PORT and server.encryption is not Encryption.TLS:
        yield Caution("tls_port", server.role, "port")
    if server.port in _STARTTLS_PORTS and server.encryption is Encryption.TLS:
        yield Caution("starttls_port", server.role, "port")
    if server.requires_auth and server.encryption is Encryption.NONE and not _is_near(server.host):
        yield Caution("plain_password", server.role, "encryption")


def _is_near(host: str) -> bool:
    """Tell whether a host is this machine or a private address; names are not looked up here."""
    try:
        return is_internal(ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
