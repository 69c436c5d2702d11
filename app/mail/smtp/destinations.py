"""Where a connection may go: resolve a name once, judge every address, connect only to those.

A host is a name or a plain address; the many other spellings of an address that the operating
system would understand (2130706433, 0x7f.1, 127.1) are not hosts here.
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import idna

from app.core.errors import PeykError
from app.mail.smtp.address_policy import IP, Policy, is_internal

__all__ = [
    "MAIL_PORTS",
    "Address",
    "Filtered",
    "Forbidden",
    "NameNotFound",
    "NameTemporarilyUnknown",
    "NotAHost",
    "Policy",
    "host_name",
    "is_internal",
    "resolve",
]

Resolver = Callable[..., Sequence[tuple[Any, ...]]]

MAIL_PORTS = frozenset({25, 26, 465, 587, 2525})
LOOK_UP_SECONDS = 10.0

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOKALIKE_DOTS = frozenset("。．｡")
_MAX_NAME = 253

# Where national filtering leads instead of the real address.
_FILTERS = frozenset(map(ipaddress.ip_address, ("10.10.34.34", "10.10.34.35", "10.10.34.36")))


class NotAHost(PeykError):
    """The text is neither a host name nor a plain address."""


class NameNotFound(PeykError):
    """No server has that name, or it has no address."""


class NameTemporarilyUnknown(PeykError):
    """The name service did not answer."""


class Filtered(PeykError):
    """The network answered with the address of its filter instead of the real one."""


class Forbidden(PeykError):
    """The operator does not allow connections to where that name leads."""


@dataclass(frozen=True, slots=True)
class Address:
    """One judged address to connect to."""

    family: socket.AddressFamily
    ip: str
    port: int

    @property
    def sockaddr(self) -> tuple[str, int]:
        """Return what `socket.connect` wants."""
        return self.ip, self.port

    @property
    def parsed(self) -> IP:
        """Return the address as a number that can be judged."""
        return ipaddress.ip_address(self.ip)

    @property
    def is_loopback(self) -> bool:
        """Tell whether this is the machine itself."""
        return ipaddress.ip_address(self.ip).is_loopback

    @property
    def is_internal(self) -> bool:
        """Tell whether this is the machine itself or a private network."""
        return is_internal(ipaddress.ip_address(self.ip))

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


def host_name(text: str) -> str:
    """Return the ASCII form of a host name or the plain form of an address, or raise NotAHost."""
    text = text.strip().lower()
    literal = _literal(text)
    if literal is not None:
        return str(literal)
    if not text or _LOOKALIKE_DOTS & set(text):
        raise NotAHost(text)
    name = _ascii(text.removesuffix("."))
    labels = name.split(".")
    if len(name) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotAHost(text)
    if _NUMBER.fullmatch(labels[-1]):
        raise NotAHost(text)
    return name


def resolve(
    host: str,
    port: int,
    policy: Policy,
    resolver: Resolver = socket.getaddrinfo,
    timeout: float = LOOK_UP_SECONDS,
) -> list[Address]:
    """Return the addresses to connect to; refuse all of them when one of them is forbidden."""
    literal = _literal(host)
    found = [literal] if literal is not None else _look_up(host, port, resolver, timeout)
    if literal is None and _FILTERS & set(found):
        raise Filtered(host)
    if not all(policy.allows(ip, port) for ip in found):
        raise Forbidden(host)
    return [_address(ip, port) for ip in found]


def _literal(text: str) -> IP | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return None
    return address


def _ascii(text: str) -> str:
    if text.isascii():
        return text
    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise NotAHost(text) from error


def _look_up(host: str, port: int, resolver: Resolver, timeout: float) -> list[IP]:
    answers = _ask(host, port, resolver, timeout)
    found = dict.fromkeys(ipaddress.ip_address(answer[4][0].split("%")[0]) for answer in answers)
    if not found:
        raise NameNotFound(host)
    return list(found)


def _ask(host: str, port: int, resolver: Resolver, timeout: float) -> Sequence[tuple[Any, ...]]:
    """Ask the name service, in a thread of its own: the system's look-up knows no deadline."""
    answer: queue.SimpleQueue[Sequence[tuple[Any, ...]] | OSError | UnicodeError]
    answer = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        result = answer.get(timeout=timeout)
    except queue.Empty as error:
        raise NameTemporarilyUnknown(host) from error
    if isinstance(result, UnicodeError):
        raise NameNotFound(host) from result
    if isinstance(result, OSError):
        raise _meaning(host, result) from result
    return result


def _meaning(host: str, error: OSError) -> PeykError:
    if error.errno in {socket.EAI_NONAME, socket.EAI_NODATA}:
        return NameNotFound(host)
    return NameTemporarilyUnknown(host)


def _address(ip: IP, port: int) -> Address:
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    plain = mapped or ip
    family = socket.AF_INET if plain.version == 4 else socket.AF_INET6
    return Address(family, str(plain), port)
