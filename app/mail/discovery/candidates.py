"""Where the settings of an address may lie: from its domain and its records to places to look at.

Pure: no name is asked and no connection opened here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.mail.discovery import providers
from app.mail.discovery.dns_records import Records, named
from app.mail.discovery.providers import Note, Provider, Service
from app.mail.models import Encryption

MOST = 20

_TLS = (465, Encryption.TLS)
_STARTTLS = (587, Encryption.STARTTLS)
_MOST_EXCHANGES = 2


class Reason(StrEnum):
    """Why a place is looked at."""

    PROVIDER = "provider"
    SRV = "srv"
    USUAL = "usual"
    MX = "mx"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place to look at. STARTTLS means: if it is offered."""

    host: str
    port: int
    encryption: Encryption
    reason: Reason
    provider: str = ""
    note: Note = Note.NONE


def candidates(domain: str, records: Records) -> list[Candidate]:
    """Return where to look, the likeliest first, each place once and not too many."""
    public = providers.of_domain(domain)
    if public:
        found = [*_of_provider(public), *_of_records(records)]
    else:
        found = [*_of_organisation(domain, records)]
    places = {(one.host, one.port): one for one in reversed(found)}
    return [one for one in found if places[one.host, one.port] is one][:MOST]


def _of_organisation(domain: str, records: Records) -> Iterator[Candidate]:
    """Yield the places of a domain of one's own, at a service or at a hosting company."""
    hosted = providers.of_exchanges(records.exchanges)
    if hosted:
        yield from _of_provider(hosted)
    yield from _of_records(records)
    # Every panel (cPanel, DirectAdmin, Plesk, SmarterMail, MailEnable, Zimbra) sets up the first
    # name; DirectAdmin also the second.
    yield from _at(f"mail.{domain}", Reason.USUAL, _TLS, _STARTTLS)
    yield from _at(f"smtp.{domain}", Reason.USUAL, _TLS, _STARTTLS)
    if not hosted:
        for host in records.exchanges[:_MOST_EXCHANGES]:
            yield from _at(host, Reason.MX, _TLS, _STARTTLS)
    yield from _at(domain, Reason.USUAL, _TLS, _STARTTLS)
    # SmarterMail and MailEnable often have the classic port only; 2525 goes round a closed 25.
    yield from _at(
        f"mail.{domain}", Reason.USUAL, (25, Encryption.STARTTLS), (2525, Encryption.STARTTLS)
    )
    # How a server of one's own is called by DirectAdmin's and Zimbra's installers.
    yield from _at(f"server.{domain}", Reason.USUAL, _TLS, _STARTTLS)
    yield from _at(f"zimbra.{domain}", Reason.USUAL, _TLS, _STARTTLS)


def _of_provider(provider: Provider) -> Iterator[Candidate]:
    for one in provider.services:
        yield _candidate(one, Reason.PROVIDER, provider)


def _of_records(records: Records) -> Iterator[Candidate]:
    for one in records.services:
        yield _candidate(one, Reason.SRV)


def _candidate(service: Service, reason: Reason, provider: Provider | None = None) -> Candidate:
    name, note = (provider.name, provider.note) if provider else ("", Note.NONE)
    return Candidate(service.host, service.port, service.encryption, reason, name, note)


def _at(host: str, reason: Reason, *doors: tuple[int, Encryption]) -> Iterator[Candidate]:
    """Yield a place for each port, unless the name has become too long to be one."""
    if named(host):
        for port, encryption in doors:
            yield Candidate(host, port, encryption, reason)
