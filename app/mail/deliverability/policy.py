"""What the domain asks receivers to do with mail that proves nothing: its DMARC record."""

from collections.abc import Iterator

from app.mail.deliverability import dmarc
from app.mail.deliverability.dmarc import Record
from app.mail.deliverability.findings import Finding, Paste, Section, Sender, State, Topic
from app.mail.deliverability.zone import Answer, Said, Zone
from app.mail.smtp import domains

_STRICT = ("quarantine", "reject")
_STARTED = "quarantine"


def check(zone: Zone, sender: Sender) -> Section:
    """Return what the record of the domain, or of the one above it, is worth."""
    domain = sender.domain
    answer = zone.ask(f"_dmarc.{domain}", "TXT")
    if answer.said is Said.UNKNOWN:
        return Section(Topic.DMARC, domain, (Finding(State.UNKNOWN, "dmarc.unknown"),))
    texts = _records(answer)
    if len(texts) > 1:
        finding = Finding(State.WRONG, "dmarc.several", {"count": str(len(texts))})
        paste = _paste(domain, texts[0], "\n".join(texts))
        return Section(Topic.DMARC, domain, (finding,), texts, paste)
    if not texts:
        return _from_above(zone, sender)
    record = dmarc.parse(texts[0])
    findings = tuple(_about(record))
    better = _better(record, sender.address)
    wanted = _paste(domain, better, record.text) if _may_be_better(findings) else None
    return Section(Topic.DMARC, domain, findings, texts, wanted)


def policy_in(section: Section) -> str:
    """Return the policy that receivers follow; empty when there is none."""
    return next((one.details["policy"] for one in section.findings if "policy" in one.details), "")


def proof(policy: str, sending: Section, signing: Section) -> Iterator[Finding]:
    """Yield what becomes of mail through each server under the policy (RFC 7489, 3.1).

    The envelope and the From header carry the same address, so where SPF is in order its domain
    is that of the sender, as strictly as anybody may ask.
    """
    if any(one.state is State.UNKNOWN for one in sending.findings):
        return
    servers = [one for one in sending.findings if one.role is not None]
    # Without a word on any server the record itself cannot be used, or is not there.
    if all(one.state in (State.GOOD, State.BETTER) for one in servers or sending.findings):
        if servers:
            yield Finding(State.GOOD, "dmarc.proved")
        return
    signed = any(one.code in ("dkim.good", "dkim.short") for one in signing.findings)
    if signed:
        yield Finding(State.BETTER, "dmarc.only_signature")
    elif policy in _STRICT:
        yield Finding(State.WRONG, "dmarc.at_risk", {"policy": policy})


def _from_above(zone: Zone, sender: Sender) -> Section:
    """Below a registered name its record holds, with the policy for what lies below it."""
    domain, above = sender.domain, domains.registered(sender.domain)
    answer = zone.ask(f"_dmarc.{above}", "TXT") if above and above != domain else Answer(Said.EMPTY)
    texts = _records(answer)
    if answer.said is Said.UNKNOWN:
        return Section(Topic.DMARC, domain, (Finding(State.UNKNOWN, "dmarc.unknown"),))
    if len(texts) != 1:
        paste = _paste(domain, dmarc.first_record(sender.address))
        return Section(Topic.DMARC, domain, (Finding(State.MISSING, "dmarc.missing"),), (), paste)
    policy = dmarc.parse(texts[0]).policy_for(subdomain=True)
    state = State.GOOD if policy in _STRICT else State.BETTER
    finding = Finding(state, "dmarc.inherited", {"above": above, "policy": policy})
    return Section(Topic.DMARC, domain, (finding,), texts)


def _about(record: Record) -> Iterator[Finding]:
    details = {"policy": record.policy, "percent": str(record.percent)}
    if record.faults:
        yield Finding(State.WRONG, "dmarc.faults", {**details, "term": record.faults[0]})
    elif record.policy not in _STRICT:
        yield Finding(State.BETTER, "dmarc.only_watching", details)
    elif record.percent < 100:
        yield Finding(State.BETTER, "dmarc.partly", details)
    else:
        yield Finding(State.GOOD, "dmarc.good", details)
    if not record.reports_to:
        yield Finding(State.BETTER, "dmarc.no_reports")


def _may_be_better(findings: tuple[Finding, ...]) -> bool:
    return any(one.state is not State.GOOD for one in findings)


def _better(record: Record, address: str) -> str:
    """Return the record with what it lacks, one step stricter and no further."""
    wrong = {fault.partition("=")[0] for fault in record.faults}
    kept = {name: value for name, value in record.tags.items() if name not in (*wrong, "pct")}
    clean = Record(record.text, record.policy, record.of_subdomains, tags=kept)
    policy = record.policy if wrong or record.policy in _STRICT else _STARTED
    reports = kept.get("rua") or f"mailto:{address}"
    return clean.with_tags(p=policy, rua=reports)


def _records(answer: Answer) -> tuple[str, ...]:
    return tuple(text for text in answer.values if dmarc.is_record(text))


def _paste(domain: str, value: str, replaces: str = "") -> Paste:
    return Paste(f"_dmarc.{domain}", "TXT", value, replaces)
