"""What is wrong, or odd, about what was typed, as codes of the table. Pure.

The form refuses and warns in its own words; this says which situation it is, and what may mend it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from app.core.addresses import InvalidAddress, parse
from app.i18n import normalise
from app.mail.diagnosis import fixes
from app.mail.diagnosis.diagnosis import Diagnosis, note
from app.mail.diagnosis.fixes import Known
from app.mail.diagnosis.remedies import REMEDIES
from app.mail.models import Encryption
from app.mail.servers.fixed import INCOMING_PORTS, MAX_SENDER_NAME
from app.mail.smtp import destinations

_SCHEME = re.compile(r"^[a-z][a-z+.-]*://", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(?P<host>[^:/\s]+)(?::(?P<port>\d+))?")
_MASK = re.compile("[•●∙·*＊]+")
_ODD_PAIRS = ((465, Encryption.STARTTLS), (587, Encryption.TLS), (25, Encryption.TLS))


def diagnoses(values: Mapping[str, str]) -> list[Diagnosis]:
    """Return the situations in the fields of one server and of the sender, gravest first."""
    return [_with_fixes(code, values) for code in _codes(values)]


def _codes(values: Mapping[str, str]) -> Iterator[str]:
    yield from _about_host(values.get("host", ""))
    yield from _about_port(values.get("port", ""), values.get("encryption", ""))
    yield from _about_sender(values.get("sender_address", ""), values.get("sender_name", ""))
    yield from _about_password(values.get("password", ""))


def _about_host(typed: str) -> Iterator[str]:
    host = normalise.machine(typed)
    if not host:
        return
    if "@" in host:
        yield "in.host_email"
    elif _SCHEME.match(host) or "/" in host or re.fullmatch(r"[^:\[\]]+:\d*", host):
        yield "in.host_scheme"
    elif not _is_host(host):
        yield "in.host_label"
    if any(unicodedata.category(c) in ("Cf", "Zs") for c in typed.strip(" ")):
        yield "in.host_invisible"


def _about_port(typed: str, encryption: str) -> Iterator[str]:
    digits = normalise.machine(typed)
    if not digits:
        return
    if not (digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= 65535):
        yield "in.port_range"
    elif int(digits) in INCOMING_PORTS:
        yield "in.port_incoming"
    elif any(digits == str(port) and encryption == kind for port, kind in _ODD_PAIRS):
        yield "in.port_mode"


def _about_sender(address: str, name: str) -> Iterator[str]:
    if address:
        try:
            is_ascii = parse(normalise.machine(address)).ascii.isascii()
        except InvalidAddress:
            is_ascii = False
        if not is_ascii:
            yield "in.sender_invalid"
    if len(name.strip().splitlines()) > 1:
        yield "in.sender_crlf"
    if len(unicodedata.normalize("NFC", name)) > MAX_SENDER_NAME:
        yield "in.name_long"


def _about_password(typed: str) -> Iterator[str]:
    if typed and _MASK.fullmatch(typed):
        yield "in.pass_mask"
    elif not typed.isascii():
        yield "in.pass_nonascii"
    elif typed != typed.strip():
        yield "in.pass_space"


def _with_fixes(code: str, values: Mapping[str, str]) -> Diagnosis:
    digits = normalise.machine(values.get("port", ""))
    suggestion = _suggested(code, normalise.machine(values.get("host", "")))
    known = Known(
        host=values.get("host", ""),
        port=int(digits) if digits.isascii() and digits.isdecimal() else 0,
        encryption=_encryption(values.get("encryption", "")),
        suggestion=suggestion,
    )
    details = {"suggestion": suggestion} if suggestion else {}
    plain = note(code, **details)
    return Diagnosis(code, plain.remedy, details, fixes.offered(REMEDIES[code].fixes, known))


def _suggested(code: str, host: str) -> str:
    """Return the host that was probably meant, with its port where one was typed."""
    if code == "in.host_email":
        return f"mail.{host.rpartition('@')[2].strip('/')}"
    found = _HOST_AND_PORT.match(_SCHEME.sub("", host)) if code == "in.host_scheme" else None
    return " ".join(filter(None, (found["host"], found["port"]))) if found else ""


def _encryption(text: str) -> Encryption:
    return Encryption(text) if text in set(Encryption) else Encryption.STARTTLS


def _is_host(host: str) -> bool:
    try:
        destinations.host_name(host)
    except destinations.NotAHost:
        return False
    return True
