"""What a domain says of its mail in DNS: SRV (RFC 6186, RFC 8314) and MX records.

A record that is missing, late or broken is a record that says nothing; it never is an error.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.IN.SRV import SRV

from app.mail.discovery.providers import Service
from app.mail.models import Encryption
from app.mail.smtp.destinations import MAIL_PORTS, NotAHost, host_name

# RFC 8314 names the first, RFC 6186 the second; Plesk publishes the third of its own accord.
_SERVICES = (
    ("_submissions", Encryption.TLS),
    ("_submission", Encryption.STARTTLS),
    ("_smtps", Encryption.TLS),
)
_MOST_PER_NAME = 2
_FIRST_FREE_PORT = 1024


@dataclass(frozen=True, slots=True)
class Records:
    """Where the domain wants mail handed in, and which servers receive its own, best first."""

    services: tuple[Service, ...] = ()
    exchanges: tuple[str, ...] = ()


def system_resolver() -> dns.resolver.Resolver | None:
    """Return the resolver that this machine is set up with, if it has one."""
    try:
        return dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError):
        return None


def look_up(domain: str, resolver: dns.resolver.Resolver | None, seconds: float) -> Records:
    """Ask for all records at once; it takes no longer than `seconds`."""
    if resolver is None:
        return Records()
    with ThreadPoolExecutor(len(_SERVICES) + 1, thread_name_prefix="records") as pool:
        asked = [
            pool.submit(_services, resolver, f"{service}._tcp.{domain}", encryption, seconds)
            for service, encryption in _SERVICES
        ]
        exchanges = pool.submit(_exchanges, resolver, domain, seconds)
        services = tuple(service for answer in asked for service in answer.result())
        return Records(tuple(dict.fromkeys(services)), exchanges.result())


def named(text: str) -> str | None:
    """Return the name of a server as DNS or a certificate gave it, if it can be one."""
    try:
        name = host_name(text)
    except NotAHost:
        return None
    is_number = name.rpartition(".")[2].isdecimal() or ":" in name
    return name if "." in name and not is_number else None


def _services(
    resolver: dns.resolver.Resolver, name: str, encryption: Encryption, seconds: float
) -> list[Service]:
    records = [one for one in _ask(resolver, name, "SRV", seconds) if isinstance(one, SRV)]
    records.sort(key=lambda one: (one.priority, -one.weight))
    found = []
    for record in records[:_MOST_PER_NAME]:
        host = named(record.target.to_text())
        if host and _is_sensible(record.port):
            wanted = Encryption.TLS if record.port == 465 else encryption
            found.append(Service(host, record.port, wanted))
    return found


def _exchanges(resolver: dns.resolver.Resolver, domain: str, seconds: float) -> tuple[str, ...]:
    records = [one for one in _ask(resolver, domain, "MX", seconds) if isinstance(one, MX)]
    records.sort(key=lambda one: one.preference)
    names = (named(record.exchange.to_text()) for record in records)
    return tuple(name for name in names if name)


def _ask(resolver: dns.resolver.Resolver, name: str, kind: str, seconds: float) -> list[object]:
    """Return the records of one kind; nothing at all when anything goes wrong."""
    try:
        absolute = dns.name.from_text(f"{name}.")
        return list(resolver.resolve(absolute, kind, lifetime=seconds, search=False))
    except (dns.exception.DNSException, OSError, ValueError):
        return []


def _is_sensible(port: int) -> bool:
    """Tell whether mail could be handed in there; a record shall not make us knock elsewhere."""
    return port in MAIL_PORTS or port >= _FIRST_FREE_PORT
