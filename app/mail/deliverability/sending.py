"""May the servers send for the sender's domain? Its SPF record, and each server against it.

A relay is known by the addresses at which it receives; it may send from others. So what is said
of a server is what is probable, and the sentences say so.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.mail.deliverability import exchanges, services, spf, spf_merge
from app.mail.deliverability.findings import Finding, Paste, Relay, Section, Sender, State, Topic
from app.mail.deliverability.spf import Cause, Result, Verdict
from app.mail.deliverability.spf_survey import Survey, survey
from app.mail.deliverability.spf_syntax import Record
from app.mail.deliverability.zone import Said, Zone
from app.mail.smtp.destinations import is_internal

_MOST_ADDRESSES = 8
_OF_RESULTS = {
    Result.FAIL: (State.WRONG, "spf.server_refused"),
    Result.SOFTFAIL: (State.WRONG, "spf.server_suspected"),
}
_NEUTRAL = (State.MISSING, "spf.server_not_named")
_OF_CAUSES = {
    Cause.INCLUDE: "spf.include_broken",
    Cause.VOIDS: "spf.voids",
    Cause.LOOKUPS: "spf.lookups",
    Cause.SEVERAL: "spf.include_broken",
    Cause.SYNTAX: "spf.include_broken",
}


@dataclass(frozen=True, slots=True)
class _Coverage:
    """What holds for one server, the terms it needs, and what of the record broke on the way."""

    finding: Finding
    terms: tuple[str, ...] = ()
    broken: tuple[Finding, ...] = field(default=())


def check(zone: Zone, sender: Sender) -> Section:
    """Return what SPF says of the domain and of every server."""
    found = spf.published(zone, sender.domain)
    if found.said is Said.UNKNOWN:
        return Section(Topic.SPF, sender.domain, (Finding(State.UNKNOWN, "spf.unknown"),))
    if not found.records:
        return _missing(zone, sender)
    seen = tuple(record.text for record in found.records)
    if len(found.records) > 1:
        finding = Finding(State.WRONG, "spf.several", {"count": str(len(found.records))})
        return _replaced(zone, sender, found.records, finding)
    record = found.records[0]
    if record.faults:
        finding = Finding(State.WRONG, "spf.syntax", {"term": record.faults[0]})
        return _replaced(zone, sender, found.records, finding)
    whole = survey(zone, record)
    covers = [_coverage(zone, sender, relay, whole) for relay in sender.relays]
    about = (*_about(record, whole), *(one for cover in covers for one in cover.broken))
    findings = (*{one.code: one for one in about}.values(), *(cover.finding for cover in covers))
    terms = [term for cover in covers for term in cover.terms]
    better = spf_merge.merged(found.records, terms)
    wants_other = bool(terms) or any(one.code in _MENDED for one in about)
    paste = Paste(sender.domain, "TXT", better, record.text) if wants_other else None
    return Section(Topic.SPF, sender.domain, findings, seen, paste)


# What of the record itself is mended by the record that is proposed.
_MENDED = frozenset({"spf.open", "spf.no_end"})


def _missing(zone: Zone, sender: Sender) -> Section:
    incoming = exchanges.hosts(zone, sender.domain)
    terms = _all_needed(zone, sender, 0)
    text = spf_merge.fresh(terms, services.of_exchanges(incoming), has_mx=bool(incoming))
    paste = Paste(sender.domain, "TXT", text)
    return Section(Topic.SPF, sender.domain, (Finding(State.MISSING, "spf.missing"),), (), paste)


def _replaced(zone: Zone, sender: Sender, records: tuple[Record, ...], finding: Finding) -> Section:
    """Receivers throw away what is there; one good record has to take its place."""
    seen = tuple(record.text for record in records)
    terms = _all_needed(zone, sender, sum(len(record.terms) for record in records))
    text = spf_merge.merged(records, terms)
    paste = Paste(sender.domain, "TXT", text, "\n".join(seen))
    return Section(Topic.SPF, sender.domain, (finding,), seen, paste)


def _about(record: Record, whole: Survey) -> Iterator[Finding]:
    """Yield what there is to say of the record itself."""
    end = record.catch_all
    if end is not None and end.qualifier == "+":
        yield Finding(State.WRONG, "spf.open")
    elif record.redirect is None and (end is None or end.qualifier == "?"):
        yield Finding(State.BETTER, "spf.no_end")
    if whole.lookups > spf.MOST_LOOKUPS:
        yield Finding(State.WRONG, "spf.lookups", {"count": str(whole.lookups)})
    elif not whole.is_whole:
        yield Finding(State.UNKNOWN, "spf.partly_unknown")
    if any(term.name == "ptr" for term in record.terms):
        yield Finding(State.BETTER, "spf.ptr", {"term": "ptr"})
    if end is not None and end.qualifier in "-~" and whole.lookups <= spf.MOST_LOOKUPS:
        yield Finding(State.GOOD, "spf.good", {"count": str(whole.lookups)})


def _coverage(zone: Zone, sender: Sender, relay: Relay, whole: Survey) -> _Coverage:
    service = services.of_host(relay.host)
    if service is not None and service.is_named_in(whole.names):
        return _covered(State.GOOD, "spf.service", relay, service=service.name)
    if service is not None:
        terms = spf_merge.needed(relay.host, service, (), 1)
        code = "spf.service_missing" if terms else "spf.service_unknown"
        finding = Finding(State.MISSING, code, {"service": service.name}, relay.role)
        return _Coverage(_with_host(finding, relay), tuple(terms))
    answer = zone.addresses(relay.host)
    outside = [ip for ip in answer.values if not is_internal(ipaddress.ip_address(ip))]
    if not outside:
        return _without_address(answer.said, relay)
    return _judged(zone, sender, relay, outside[:_MOST_ADDRESSES], whole)


def _judged(
    zone: Zone, sender: Sender, relay: Relay, addresses: list[str], whole: Survey
) -> _Coverage:
    verdicts = {ip: spf.evaluate(zone, sender.domain, ip, sender.address) for ip in addresses}
    passed = [ip for ip, one in verdicts.items() if one.result is Result.PASS]
    results = {one.result for one in verdicts.values()}
    if len(passed) == len(addresses):
        term = verdicts[passed[0]].detail
        return _covered(State.GOOD, "spf.server_good", relay, ip=", ".join(passed), term=term)
    if Result.TEMPERROR in results:
        return _covered(State.UNKNOWN, "spf.server_unknown", relay)
    terms = tuple(spf_merge.needed(relay.host, None, addresses, spf_merge.room_for(whole.lookups)))
    if Result.PERMERROR in results:
        broken = tuple(_broken(one, whole) for one in verdicts.values() if one.cause)
        finding = Finding(State.UNKNOWN, "spf.server_undecided", {"host": relay.host}, relay.role)
        return _Coverage(finding, broken=broken)
    others = ", ".join(ip for ip in addresses if ip not in passed)
    if passed:
        finding = Finding(State.BETTER, "spf.server_partly", {"ip": others}, relay.role)
        return _Coverage(_with_host(finding, relay), terms)
    worst = next((one for one in _OF_RESULTS if one in results), None)
    state, code = _OF_RESULTS[worst] if worst else _NEUTRAL
    finding = Finding(state, code, {"ip": others}, relay.role)
    return _Coverage(_with_host(finding, relay), terms)


def _broken(verdict: Verdict, whole: Survey) -> Finding:
    details = {"term": verdict.detail, "count": str(whole.lookups)}
    return Finding(State.WRONG, _OF_CAUSES[verdict.cause], details)


def _without_address(said: Said, relay: Relay) -> _Coverage:
    """Say why a server cannot be judged; an address of one's own network tells nothing outside."""
    if said is Said.UNKNOWN:
        return _covered(State.UNKNOWN, "spf.server_unknown", relay)
    code = "spf.server_internal" if said is Said.FOUND else "spf.server_no_address"
    return _covered(State.UNKNOWN, code, relay)


def _covered(state: State, code: str, relay: Relay, **details: str) -> _Coverage:
    return _Coverage(_with_host(Finding(state, code, details, relay.role), relay))


def _with_host(finding: Finding, relay: Relay) -> Finding:
    details = {"host": relay.host, **finding.details}
    return Finding(finding.state, finding.code, details, finding.role)


def _all_needed(zone: Zone, sender: Sender, lookups: int) -> list[str]:
    """Return the terms of all servers, where nothing that is there can be relied on."""
    terms: list[str] = []
    for relay in sender.relays:
        answer = zone.addresses(relay.host)
        outside = [ip for ip in answer.values if not is_internal(ipaddress.ip_address(ip))]
        service = services.of_host(relay.host)
        if service or outside:
            room = spf_merge.room_for(lookups + len(terms))
            terms += spf_merge.needed(relay.host, service, outside, room)
    return terms
