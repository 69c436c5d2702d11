"""Is there a key with which the servers may sign for the domain? DKIM selectors, tried one by one.

A selector cannot be asked for: a key is found only under a name that one knows. So "none found"
is said as that, unless DNS says that there is nothing at all below `_domainkey`.
"""

from collections.abc import Mapping, Sequence

from app.mail.deliverability import dkim, exchanges, services
from app.mail.deliverability.dkim import Key, Worth
from app.mail.deliverability.findings import Finding, Section, Sender, State, Topic
from app.mail.deliverability.zone import Answer, Said, Zone

_MOST_SHOWN = 6
# The best first.
_STATES = {
    Worth.GOOD: State.GOOD,
    Worth.SHORT: State.BETTER,
    Worth.TESTING: State.BETTER,
    Worth.ONLY_ED25519: State.BETTER,
    Worth.WEAK: State.WRONG,
    Worth.BROKEN: State.WRONG,
    Worth.REVOKED: State.MISSING,
}
# Beside a good key only these are worth a word: a server may still sign with them.
_WORTH_A_WORD = (Worth.WEAK, Worth.BROKEN, Worth.TESTING)


def check(zone: Zone, sender: Sender) -> Section:
    """Return which keys were found, and what they are worth."""
    domain = sender.domain
    known = [services.of_host(relay.host) for relay in sender.relays]
    known.append(services.of_exchanges(exchanges.hosts(zone, domain)))
    names = services.selectors(tuple(known))
    below, *answers = zone.ask_all(
        [(f"_domainkey.{domain}", "TXT"), *((name_of(one, domain), "TXT") for one in names)]
    )
    keys = _keys(names, answers)
    if keys:
        return Section(Topic.DKIM, domain, _findings(keys), tuple(name_of(s, domain) for s in keys))
    return Section(Topic.DKIM, domain, (_none_found(below, answers),))


def name_of(selector: str, domain: str) -> str:
    """Return where the key of a selector stands."""
    return f"{selector}._domainkey.{domain}"


def _keys(names: Sequence[str], answers: Sequence[Answer]) -> dict[str, Key]:
    found = {}
    for name, answer in zip(names, answers, strict=True):
        texts = [text for text in answer.values if dkim.is_key(text)]
        if texts:
            found[name] = dkim.judge(texts[0])
    return found


def _findings(keys: Mapping[str, Key]) -> tuple[Finding, ...]:
    """Return the best keys, and the others where they deserve a word."""
    order = list(_STATES)
    best = min((key.worth for key in keys.values()), key=order.index)
    shown = {s: key for s, key in keys.items() if key.worth is best or key.worth in _WORTH_A_WORD}
    ranked = sorted(shown.items(), key=lambda one: order.index(one[1].worth))
    return tuple(_finding(name, key, best) for name, key in ranked[:_MOST_SHOWN])


def _finding(selector: str, key: Key, best: Worth) -> Finding:
    state = _STATES[key.worth]
    if best in (Worth.GOOD, Worth.SHORT) and state is State.WRONG:
        state = State.BETTER
    details = {"selector": selector, "bits": str(key.bits)}
    return Finding(state, f"dkim.{key.worth.value}", details)


def _none_found(below: Answer, answers: Sequence[Answer]) -> Finding:
    if below.said is Said.NO_NAME:
        return Finding(State.MISSING, "dkim.missing")
    if below.said is Said.UNKNOWN or any(one.said is Said.UNKNOWN for one in answers):
        return Finding(State.UNKNOWN, "dkim.unknown")
    return Finding(State.UNKNOWN, "dkim.not_found", {"count": str(len(answers))})
