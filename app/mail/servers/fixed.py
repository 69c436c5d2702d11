"""What the environment fixes: values of the settings that the page shows but cannot change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.config import ConfigError
from app.core.addresses import InvalidAddress
from app.core.addresses import parse as parse_address
from app.i18n import normalise
from app.mail.models import Encryption, Role
from app.mail.server_settings import Secret
from app.mail.smtp import destinations, pins

MAX_SENDER_NAME = 70
MAX_CONNECTIONS = 50
MAX_PER_MINUTE = 10_000
INCOMING_PORTS = frozenset({110, 143, 993, 995})
_SWITCH = dict.fromkeys(("on", "true", "yes", "1"), True) | dict.fromkeys(
    ("off", "false", "no", "0"), False
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Values by field, with the variables they come from."""

    values: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def settings(environment: Mapping[str, str]) -> Fixed:
    """Read what is fixed about the sender and the master switch."""
    return _read(environment, "PEYK_SMTP", _SETTINGS)


def server(environment: Mapping[str, str], role: Role) -> Fixed:
    """Read what is fixed about one server."""
    readers = _SERVER if role is Role.PRIMARY else {**_SERVER, "sender_address": _address}
    return _read(environment, f"PEYK_SMTP_{role.upper()}", readers)


def check(environment: Mapping[str, str]) -> None:
    """Raise ConfigError with the mend when a variable cannot be used."""
    settings(environment)
    for role in Role:
        server(environment, role)


def _read(environment: Mapping[str, str], prefix: str, readers: "_Readers") -> Fixed:
    values: dict[str, Any] = {}
    variables: dict[str, str] = {}
    for name, reader in readers.items():
        variable = f"{prefix}_{name.removeprefix('smtp_').upper()}"
        text = environment.get(variable, "")
        if text:
            values[name] = _value(variable, text, reader)
            variables[name] = variable
    return Fixed(values, variables)


def _value(variable: str, text: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(text)
    except ValueError as error:
        raise ConfigError(f"{variable} cannot be used. {error}") from error


def _address(text: str) -> str:
    try:
        return parse_address(text).ascii
    except InvalidAddress as error:
        raise ValueError("Write a full address such as support@yourdomain.com.") from error


def _name(text: str) -> str:
    name = normalise.human(text)
    if len(name) > MAX_SENDER_NAME or len(name.splitlines()) > 1:
        raise ValueError(f"Write one line of at most {MAX_SENDER_NAME} characters.")
    return name


def _switch(text: str) -> bool:
    try:
        return _SWITCH[text.strip().lower()]
    except KeyError:
        raise ValueError("Write on or off.") from None


def _host(text: str) -> str:
    try:
        return destinations.host_name(normalise.machine(text))
    except destinations.NotAHost as error:
        raise ValueError("Write only the server's name, such as mail.yourdomain.com.") from error


def _port(text: str) -> int:
    digits = normalise.machine(text)
    if not digits.isdecimal() or not 1 <= int(digits) <= 65535:
        raise ValueError("Write a number from 1 to 65535.")
    if int(digits) in INCOMING_PORTS:
        raise ValueError("That port is for reading mail; sending uses 465 or 587.")
    return int(digits)


def _encryption(text: str) -> Encryption:
    try:
        return Encryption(text.strip().lower())
    except ValueError:
        raise ValueError("Write none, starttls or tls.") from None


def _fingerprint(text: str) -> str:
    try:
        return pins.normal(text)
    except pins.NotAFingerprint as error:
        raise ValueError("Write the SHA-256 fingerprint: 64 digits and letters a to f.") from error


def _username(text: str) -> str:
    return normalise.machine(text)


def _connections(text: str) -> int:
    return _count(text, 1, MAX_CONNECTIONS)


def _per_minute(text: str) -> int:
    return _count(text, 0, MAX_PER_MINUTE)


def _count(text: str, low: int, high: int) -> int:
    digits = normalise.machine(text)
    if not digits.isdecimal() or not low <= int(digits) <= high:
        raise ValueError(f"Write a whole number from {low} to {high}.")
    return int(digits)


_Readers = Mapping[str, Callable[[str], Any]]
_SETTINGS: _Readers = {"sender_address": _address, "sender_name": _name, "smtp_active": _switch}
_SERVER: _Readers = {
    "host": _host,
    "port": _port,
    "encryption": _encryption,
    "requires_auth": _switch,
    "username": _username,
    "password": Secret,
    "active": _switch,
    "certificate_name": _host,
    "trusted_certificate": _fingerprint,
    "max_connections": _connections,
    "messages_per_minute": _per_minute,
}
