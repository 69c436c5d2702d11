"""Whether an address may send for a domain: SPF as a receiver reads it (RFC 7208, 4 and 5)."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.mail.deliverability import spf_syntax
from app.mail.deliverability.spf_macros import Subject, expand
from app.mail.deliverability.spf_syntax import Record, Term
from app.mail.deliverability.zone import Answer, Said, Zone

MOST_LOOKUPS = 10
_MOST_VOIDS = 2
_MOST_NAMES = 10


class Result(StrEnum):
    """The results of RFC 7208, 2.6."""

    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    PERMERROR = "permerror"
    TEMPERROR = "temperror"


class Cause(StrEnum):
    """Why a record cannot be used."""

    NONE = ""
    SEVERAL = "several"
    SYNTAX = "syntax"
    LOOKUPS = "lookups"
    VOIDS = "voids"
    INCLUDE = "include"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receiver concludes; `detail` is the term that decided, or what is broken."""

    result: Result
    detail: str = ""
    cause: Cause = Cause.NONE


@dataclass(frozen=True, slots=True)
class Published:
    """The SPF records of a domain; there should be exactly one."""

    said: Said
    records: tuple[Record, ...] = ()


class _Broken(Exception):
    """The record cannot be used; nobody can, until it is mended."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(cause)
        self.cause, self.detail = cause, detail


class _Silent(Exception):
    """DNS did not answer."""


_RESULTS = {"+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL, "?": Result.NEUTRAL}


def published(zone: Zone, domain: str) -> Published:
    """Return the SPF records of a domain, in an order that does not depend on the answer."""
    answer = zone.ask(domain, "TXT")
    texts = sorted(text for text in answer.values if spf_syntax.is_record(text))
    return Published(answer.said, tuple(map(spf_syntax.parse, texts)))


def evaluate(zone: Zone, domain: str, ip: str, sender: str) -> Verdict:
    """Return what a receiver concludes about mail of `sender` that comes from this address."""
    subject = Subject(ipaddress.ip_address(ip), sender)
    try:
        return _Evaluation(zone, subject).of(domain)
    except _Broken as broken:
        return Verdict(Result.PERMERROR, broken.detail, broken.cause)
    except _Silent:
        return Verdict(Result.TEMPERROR)


class _Evaluation:
    """One evaluation: it counts what it asks, as receivers do."""

    def __init__(self, zone: Zone, subject: Subject) -> None:
        self._zone = zone
        self._subject = subject
        self._lookups = self._voids = 0
        self._four = subject.ip.version == 4
        self._kind = "A" if self._four else "AAAA"
        self._fits: dict[str, Callable[[Term, str], bool]] = {
            "all": lambda _term, _domain: True,
            "ip4": self._is_within,
            "ip6": self._is_within,
            "include": self._is_included,
            "exists": self._exists,
            "a": self._is_address,
            "mx": self._is_exchange,
            "ptr": self._is_named,
        }

    def of(self, domain: str) -> Verdict:
        """Go through the terms of one domain until one fits."""
        record = self._record(domain)
        if record is None:
            return Verdict(Result.NONE, domain)
        for term in record.mechanisms:
            if self._fits[term.name](term, domain):
                return Verdict(_RESULTS[term.qualifier], term.text)
        if record.redirect:
            return self._redirected(record.redirect, domain)
        return Verdict(Result.NEUTRAL)

    def _record(self, domain: str) -> Record | None:
        found = published(self._zone, domain)
        if found.said is Said.UNKNOWN:
            raise _Silent
        if len(found.records) > 1:
            raise _Broken(Cause.SEVERAL, domain)
        record = found.records[0] if found.records else None
        if record is not None and record.faults:
            raise _Broken(Cause.SYNTAX, record.faults[0])
        return record

    def _redirected(self, term: Term, domain: str) -> Verdict:
        target = self._counted(term, domain)
        verdict = self.of(target)
        if verdict.result is Result.NONE:
            raise _Broken(Cause.INCLUDE, target)
        return verdict

    def _is_within(self, term: Term, _domain: str) -> bool:
        network = term.network
        return (
            network is not None
            and network.version == self._subject.ip.version
            and self._subject.ip in network
        )

    def _is_included(self, term: Term, domain: str) -> bool:
        target = self._counted(term, domain)
        verdict = self.of(target)
        if verdict.result is Result.NONE:
            raise _Broken(Cause.INCLUDE, target)
        return verdict.result is Result.PASS

    def _exists(self, term: Term, domain: str) -> bool:
        return bool(self._asked(self._counted(term, domain), "A").values)

    def _is_address(self, term: Term, domain: str) -> bool:
        answer = self._asked(self._counted(term, domain), self._kind)
        return any(self._is_near(ip, term) for ip in answer.values)

    def _is_exchange(self, term: Term, domain: str) -> bool:
        answer = self._asked(self._counted(term, domain), "MX")
        names = [value.rpartition(" ")[2] for value in answer.values]
        if len(names) > _MOST_NAMES:
            raise _Broken(Cause.LOOKUPS, term.text)
        found = self._zone.ask_all([(name, self._kind) for name in names if name])
        if any(self._is_near(ip, term) for one in found for ip in one.values):
            return True
        if any(one.said is Said.UNKNOWN for one in found):
            raise _Silent
        return False

    def _is_named(self, term: Term, domain: str) -> bool:
        """Follow the reverse name; what cannot be found out here simply does not fit (5.5)."""
        target = self._counted(term, domain).lower()
        names = self._zone.ask(str(self._subject.ip), "PTR").values[:_MOST_NAMES]
        return any(
            str(self._subject.ip) in self._zone.ask(name, self._kind).values
            for name in names
            if name == target or name.endswith(f".{target}")
        )

    def _counted(self, term: Term, domain: str) -> str:
        """Return the name a term leads to; every such term costs one of ten look-ups."""
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise _Broken(Cause.LOOKUPS, term.text)
        return expand(term.domain, domain, self._subject).rstrip(".") if term.domain else domain

    def _asked(self, name: str, kind: str) -> Answer:
        answer = self._zone.ask(name, kind)
        if answer.said is Said.UNKNOWN:
            raise _Silent
        self._voids += answer.is_void
        if self._voids > _MOST_VOIDS:
            raise _Broken(Cause.VOIDS, name)
        return answer

    def _is_near(self, ip: str, term: Term) -> bool:
        size = term.four if self._four else term.six
        return self._subject.ip in ipaddress.ip_network(f"{ip}/{size}", strict=False)
