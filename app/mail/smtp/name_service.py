"""Questions to the name service that the system's own look-up cannot answer. Always bounded."""

import ipaddress
from dataclasses import dataclass

import dns.exception
import dns.resolver
import dns.reversename


@dataclass(frozen=True, slots=True)
class Records:
    """What was answered; `exists` is None when nobody answered."""

    exists: bool | None
    values: tuple[str, ...] = ()


def records(name: str, kind: str, seconds: float) -> Records:
    """Return the records of one kind; the reverse name of an address is asked with `PTR`."""
    try:
        asked = dns.reversename.from_address(name) if _is_address(name) else name
        answer = dns.resolver.Resolver().resolve(asked, kind, lifetime=seconds)
    except dns.resolver.NXDOMAIN:
        return Records(exists=False)
    except dns.resolver.NoAnswer:
        return Records(exists=True)
    except (dns.exception.DNSException, OSError):
        return Records(exists=None)
    # The exchange with the smallest number comes first.
    return Records(True, tuple(_value(str(record)) for record in sorted(answer, key=str)))


def _value(record: str) -> str:
    return record.rpartition(" ")[2].rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
