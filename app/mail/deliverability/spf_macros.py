"""Macros of SPF records (RFC 7208, 7): `%{i}` and its kin, filled in for one check. Pure."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote

_MACRO = re.compile(
    r"%(?:(?P<sign>[%_-])|\{(?P<letter>[a-z])(?P<keep>\d*)(?P<turn>r?)(?P<cut>[.+,/_=-]*)\})",
    re.IGNORECASE,
)
_SIGNS = {"%": "%", "_": " ", "-": "%20"}
_LONGEST = 253


@dataclass(frozen=True, slots=True)
class Subject:
    """Who sends from where."""

    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    sender: str
    helo: str = ""


def expand(text: str, domain: str, about: Subject) -> str:
    """Fill the macros of a domain; too long a name loses labels at its beginning."""
    name = _MACRO.sub(lambda found: _filled(found, domain, about), text)
    while len(name) > _LONGEST and "." in name:
        name = name.partition(".")[2]
    return name


def _filled(found: re.Match[str], domain: str, about: Subject) -> str:
    if found["sign"]:
        return _SIGNS[found["sign"]]
    value = _values(domain, about).get(found["letter"].lower(), "")
    parts = re.split(f"[{re.escape(found['cut'] or '.')}]", value)
    if found["turn"]:
        parts.reverse()
    if found["keep"] and int(found["keep"]):
        parts = parts[-int(found["keep"]) :]
    text = ".".join(parts)
    return quote(text, safe="") if found["letter"].isupper() else text


def _values(domain: str, about: Subject) -> dict[str, str]:
    local, _, sender_domain = about.sender.rpartition("@")
    four = isinstance(about.ip, ipaddress.IPv4Address)
    return {
        "s": about.sender,
        "l": local or "postmaster",
        "o": sender_domain,
        "d": domain,
        "i": str(about.ip) if four else ".".join(about.ip.exploded.replace(":", "")),
        "p": "unknown",
        "v": "in-addr" if four else "ip6",
        "h": about.helo,
    }
