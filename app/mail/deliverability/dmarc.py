"""DMARC records (RFC 7489, 6.3): what a domain asks of receivers, and a better record. Pure."""

import re
from dataclasses import dataclass, field

from app.mail.deliverability.dkim import tags

POLICIES = ("none", "quarantine", "reject")
_REPORTS = re.compile(r"mailto:[^\s@,;!]+@[^\s@,;!]+(?:![0-9]+[kmgt]?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """A record as receivers read it; `faults` are the parts that they cannot use."""

    text: str
    policy: str
    of_subdomains: str
    percent: int = 100
    reports_to: str = ""
    faults: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)

    def policy_for(self, *, subdomain: bool) -> str:
        """Return what holds for the domain itself, or for what lies below it."""
        return self.of_subdomains if subdomain else self.policy

    def with_tags(self, **changes: str) -> str:
        """Return the record as text, with these tags."""
        merged = {**self.tags, **changes}
        first = {"v": "DMARC1", "p": merged.get("p", "none")}
        rest = {name: value for name, value in merged.items() if name not in first}
        return "; ".join(f"{name}={value}" for name, value in {**first, **rest}.items())


def is_record(text: str) -> bool:
    """Tell whether a TXT record is a DMARC record; anything else at that name is ignored."""
    first = text.partition(";")[0].replace(" ", "")
    return first.upper() == "V=DMARC1"


def parse(text: str) -> Record:
    """Read a record; a policy that nobody knows counts as none, as receivers have it."""
    found = tags(text)
    policy = found.get("p", "").lower()
    below = found.get("sp", policy).lower()
    percent = found.get("pct", "100")
    good_percent = percent.isascii() and percent.isdecimal() and int(percent) <= 100
    reports = found.get("rua", "")
    faults = [
        f"{name}={found.get(name, '')}"
        for name, is_good in (
            ("p", policy in POLICIES),
            ("sp", below in POLICIES or not found.get("sp")),
            ("pct", good_percent),
            ("rua", all(_REPORTS.fullmatch(one.strip()) for one in reports.split(",") if one)),
        )
        if not is_good
    ]
    return Record(
        text,
        policy if policy in POLICIES else "none",
        below if below in POLICIES else "none",
        int(percent) if good_percent else 100,
        reports,
        tuple(faults),
        found,
    )


def first_record(address: str) -> str:
    """Return the record to begin with: it only asks for reports."""
    return f"v=DMARC1; p=none; rua=mailto:{address}"
