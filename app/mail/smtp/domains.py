"""Who stands behind a host name: the part that somebody registered. Pure."""

import ipaddress
import re

# Second labels under which a country registers names: example.co.ir belongs to one owner.
_SECOND_LEVEL = frozenset("ac co com edu gov id net org sch".split())
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", re.IGNORECASE)


def registered(host: str) -> str:
    """Return the registered part of a name; empty for addresses and single labels."""
    host = host.lower().rstrip(".")
    if not _NAME.fullmatch(host) or _is_address(host):
        return ""
    labels = host.split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if long else labels[-2:])


def first_name(greeting: str) -> str:
    """Return the host name with which a greeting begins, or an empty string."""
    word = greeting.split(" ", maxsplit=1)[0]
    return word.lower() if registered(word) else ""


def covers(pattern: str, host: str) -> bool:
    """Tell whether a name of a certificate, maybe with a star, is good for a host."""
    if not pattern.startswith("*."):
        return pattern.lower() == host.lower()
    return host.partition(".")[2].lower() == pattern[2:].lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
