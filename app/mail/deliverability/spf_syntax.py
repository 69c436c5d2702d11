"""SPF records as text (RFC 7208, 4.6 and 5): their terms, and what in them cannot be read. Pure."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>.*)", re.IGNORECASE)
_MECHANISM = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>[a-z][a-z0-9]*)(?P<rest>[:/].*)?", re.IGNORECASE
)
_CIDR = re.compile(r"(?P<domain>[^/]*|.*?)(?:/(?P<four>\d{1,2}))?(?://(?P<six>\d{1,3}))?")
_DOMAIN = re.compile(r"(?:[!-$&-~]|%%|%_|%-|%\{[slodiphvcrt]\d{0,3}r?[.+,/_=-]*\})+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism or modifier; `domain` may hold macros, `network` is that of ip4 and ip6."""

    text: str
    name: str
    qualifier: str = "+"
    domain: str = ""
    network: Network | None = None
    four: int = 32
    six: int = 128


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its terms in order, and the words that make receivers throw it away."""

    text: str
    terms: tuple[Term, ...]
    faults: tuple[str, ...] = ()

    @property
    def mechanisms(self) -> tuple[Term, ...]:
        """Return what is compared with the sending address, in order."""
        return tuple(term for term in self.terms if term.name not in ("redirect", "exp", "="))

    @property
    def redirect(self) -> Term | None:
        """Return where to go on when nothing fits; an `all` makes it void."""
        if self.catch_all is not None:
            return None
        return next((term for term in self.terms if term.name == "redirect"), None)

    @property
    def catch_all(self) -> Term | None:
        """Return the term for everybody else."""
        return next((term for term in self.terms if term.name == "all"), None)


def is_record(text: str) -> bool:
    """Tell whether a TXT record is an SPF record; others live at the same name."""
    return text.lower().split(" ", maxsplit=1)[0] == "v=spf1"


def parse(text: str) -> Record:
    """Read a record; what cannot be read is kept as a fault."""
    terms: list[Term] = []
    faults: list[str] = []
    for word in text.split()[1:]:
        term = _term(word)
        twice = term and term.name in ("redirect", "exp") and term.name in {t.name for t in terms}
        if term is None or twice:
            faults.append(word)
        else:
            terms.append(term)
    return Record(text, tuple(terms), tuple(faults))


def _term(word: str) -> Term | None:
    if found := _MODIFIER.fullmatch(word):
        return _modifier(word, found["name"].lower(), found["value"])
    found = _MECHANISM.fullmatch(word)
    if found is None:
        return None
    name, rest = found["name"].lower(), found["rest"] or ""
    reader = _READERS.get(name)
    return reader(word, name, found["qualifier"] or "+", rest) if reader else None


def _modifier(word: str, name: str, value: str) -> Term | None:
    if name not in ("redirect", "exp"):
        return Term(word, "=") if word.isascii() else None
    return Term(word, name, domain=value) if _is_domain(value) else None


def _all(word: str, name: str, qualifier: str, rest: str) -> Term | None:
    return None if rest else Term(word, name, qualifier)


def _network(word: str, name: str, qualifier: str, rest: str) -> Term | None:
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    try:
        return Term(word, name, qualifier, network=kind(rest.removeprefix(":"), strict=False))
    except ValueError:
        return None


def _named(word: str, name: str, qualifier: str, rest: str) -> Term | None:
    domain = rest.removeprefix(":")
    return Term(word, name, qualifier, domain) if _is_domain(domain) else None


def _addresses(word: str, name: str, qualifier: str, rest: str) -> Term | None:
    """Read `a` and `mx`: a domain and the sizes of the networks around, all of them optional."""
    found = _CIDR.fullmatch(rest)
    if found is None:
        return None
    domain, four, six = found["domain"], int(found["four"] or 32), int(found["six"] or 128)
    named = domain.startswith(":") and _is_domain(domain[1:])
    if (domain and not named) or four > 32 or six > 128:
        return None
    return Term(word, name, qualifier, domain.removeprefix(":"), four=four, six=six)


def _reverse(word: str, name: str, qualifier: str, rest: str) -> Term | None:
    return _named(word, name, qualifier, rest) if rest else Term(word, name, qualifier)


def _is_domain(text: str) -> bool:
    whole = _DOMAIN.fullmatch(text) is not None
    return whole and ("%{" in text or "." in text.strip("."))


_READERS: dict[str, Callable[[str, str, str, str], Term | None]] = {
    "all": _all,
    "ip4": _network,
    "ip6": _network,
    "include": _named,
    "exists": _named,
    "a": _addresses,
    "mx": _addresses,
    "ptr": _reverse,
}
