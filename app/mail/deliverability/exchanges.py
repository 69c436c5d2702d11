"""Who receives the mail of the sender's domain: answers and returned mail come there (MX)."""

from collections.abc import Iterator

from app.mail.deliverability import services
from app.mail.deliverability.findings import Finding, Paste, Section, Sender, State, Topic
from app.mail.deliverability.zone import Said, Zone, is_address


def check(zone: Zone, sender: Sender) -> Section:
    """Return what the MX records of the domain are worth."""
    domain = sender.domain
    answer = zone.ask(domain, "MX")
    if answer.said is Said.UNKNOWN:
        return _section(domain, Finding(State.UNKNOWN, "mx.unknown"))
    names = [value.rpartition(" ")[2] for value in answer.values]
    if not names:
        return _without(zone, sender)
    if not any(names):
        return _section(domain, Finding(State.WRONG, "mx.null"), _paste(sender), answer.values)
    found = tuple(_about(zone, [name for name in names if name]))
    return Section(Topic.MX, domain, found, answer.values)


def hosts(zone: Zone, domain: str) -> tuple[str, ...]:
    """Return the servers that receive the mail of a domain."""
    names = (value.rpartition(" ")[2] for value in zone.ask(domain, "MX").values)
    return tuple(name for name in names if name)


def _without(zone: Zone, sender: Sender) -> Section:
    """Without MX records mail goes to the domain's own address, if it has one."""
    own = zone.addresses(sender.domain)
    if own.said is Said.UNKNOWN:
        return _section(sender.domain, Finding(State.UNKNOWN, "mx.unknown"))
    if own.said is Said.FOUND:
        finding = Finding(State.BETTER, "mx.implicit", {"ip": ", ".join(own.values)})
    else:
        finding = Finding(State.MISSING, "mx.missing")
    return _section(sender.domain, finding, _paste(sender))


def _about(zone: Zone, names: list[str]) -> Iterator[Finding]:
    dead = []
    for name in names:
        if is_address(name):
            yield Finding(State.WRONG, "mx.address", {"host": name})
        elif zone.addresses(name).is_void:
            dead.append(name)
    state = State.WRONG if len(dead) == len(names) else State.BETTER
    yield from (Finding(state, "mx.dead", {"host": name}) for name in dead)
    alive = [name for name in names if name not in dead and not is_address(name)]
    if alive:
        yield Finding(State.GOOD, "mx.good", {"names": ", ".join(alive)})


def _paste(sender: Sender) -> Paste | None:
    """Return the record that most hosts want; a service has one of its own for each customer."""
    host = f"mail.{sender.domain}"
    for relay in sender.relays[:1]:
        if services.of_host(relay.host):
            return None
        host = host if is_address(relay.host) else relay.host
    return Paste(sender.domain, "MX", f"10 {host}.")


def _section(
    domain: str, finding: Finding, paste: Paste | None = None, seen: tuple[str, ...] = ()
) -> Section:
    return Section(Topic.MX, domain, (finding,), seen, paste)
