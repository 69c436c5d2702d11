"""What a server's address is called (PTR), and whether that name leads back to it."""

import ipaddress

from app.mail.deliverability.findings import Finding, Paste, Relay, Section, State, Topic
from app.mail.deliverability.zone import Said, Zone, is_address, reverse_name
from app.mail.smtp.destinations import is_internal

_MOST_ADDRESSES = 4
_MOST_NAMES = 5


def check(zone: Zone, relay: Relay) -> Section:
    """Return what the addresses of a server are called."""
    answer = zone.addresses(relay.host)
    outside = [ip for ip in answer.values if not is_internal(ipaddress.ip_address(ip))]
    if not outside:
        finding = Finding(State.UNKNOWN, _why_not(answer.said), role=relay.role)
        return Section(Topic.PTR, relay.host, (finding,), role=relay.role)
    found = {ip: _about(zone, ip) for ip in outside[:_MOST_ADDRESSES]}
    bad = [ip for ip, one in found.items() if one.state in (State.MISSING, State.WRONG)]
    paste = _paste(bad[0], relay.host) if bad and not is_address(relay.host) else None
    return Section(Topic.PTR, relay.host, tuple(found.values()), (), paste, relay.role)


def _about(zone: Zone, ip: str) -> Finding:
    answer = zone.ask(ip, "PTR")
    names = answer.values[:_MOST_NAMES]
    if answer.said is Said.UNKNOWN:
        return Finding(State.UNKNOWN, "ptr.unknown", {"ip": ip})
    if not names:
        return Finding(State.MISSING, "ptr.missing", {"ip": ip})
    back = [zone.addresses(name) for name in names]
    for name, there in zip(names, back, strict=True):
        if ip in there.values:
            return Finding(State.GOOD, "ptr.good", {"ip": ip, "name": name})
    if any(there.said is Said.UNKNOWN for there in back):
        return Finding(State.UNKNOWN, "ptr.unknown", {"ip": ip})
    return Finding(State.WRONG, "ptr.unconfirmed", {"ip": ip, "name": names[0]})


def _why_not(said: Said) -> str:
    codes = {Said.UNKNOWN: "ptr.host_unknown", Said.FOUND: "ptr.internal"}
    return codes.get(said, "ptr.no_address")


def _paste(ip: str, host: str) -> Paste:
    return Paste(reverse_name(ip), "PTR", f"{host}.")
