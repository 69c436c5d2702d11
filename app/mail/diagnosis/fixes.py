"""Changes to the form that may mend a failure with one press. Pure.

A fix is named by what it does; its value, if it has one, is filled in from what was found. What
comes back from a page goes through the same rules as what people type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.mail.models import Encryption
from app.mail.smtp import pins
from app.mail.smtp.findings import Findings


@dataclass(frozen=True, slots=True)
class Fix:
    """A name, a value to show, and the fields of the server that it changes.

    Some are not done by a press alone: what they believe has to be confirmed first.
    """

    name: str
    value: str = ""
    changes: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_confirmation(self) -> bool:
        """Tell whether somebody has to say that they looked at what is to be believed."""
        return self.name == "trust_certificate"

    def __str__(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Known:
    """What fixes are made of.

    `is_suspicious`: the server shows another certificate than when it last worked. Then nothing
    is offered that would make us believe whoever answers now.
    """

    host: str = ""
    port: int = 0
    encryption: Encryption = Encryption.STARTTLS
    username: str = ""
    sender: str = ""
    suggestion: str = ""
    findings: Findings = field(default_factory=Findings)
    is_suspicious: bool = False


def offered(names: tuple[str, ...], known: Known) -> tuple[Fix, ...]:
    """Return the fixes that would change something, without doubles."""
    fixes: list[Fix] = []
    for name in names:
        if known.is_suspicious and name in _BELIEVING:
            continue
        value = _VALUES[name](known)
        made = make(name, value) if value is not None else None
        if made and _changes(made, known) and made.changes not in [f.changes for f in fixes]:
            fixes.append(made)
    return tuple(fixes)


def make(name: str, value: str) -> Fix | None:
    """Return the fix of that name, or None when there is none or its value is of no use."""
    if name not in _CHANGES or len(value) > 320:
        return None
    changes = _CHANGES[name](value)
    return Fix(name, value, changes) if changes else None


def read(text: str) -> Fix | None:
    """Return the fix that a page sent back as `name:value`."""
    name, _, value = text.partition(":")
    return make(name, value)


def other_user_name(username: str, sender: str) -> str:
    """Return the other form of a user name: the full address, or the part before the @."""
    if not username or not sender:
        return ""
    if "@" not in username:
        return f"{username}@{sender.rpartition('@')[2]}"
    return sender if username.lower() != sender.lower() else username.partition("@")[0]


def _changes(fix: Fix, known: Known) -> bool:
    now = {
        "host": known.host,
        "port": str(known.port),
        "encryption": known.encryption.value,
        "username": known.username,
        "sender_address": known.sender,
    }
    return any(now.get(name) != value for name, value in fix.changes.items())


def _suggestion(known: Known) -> str | None:
    return known.suggestion or known.findings.suggestion or None


def _open_port(known: Known) -> str | None:
    found = known.findings.open_port
    return f"{found.port}/{found.encryption.value}" if found else None


def _port_and_encryption(value: str) -> dict[str, str]:
    port, _, encryption = value.partition("/")
    if not port.isdecimal() or encryption not in set(Encryption):
        return {}
    return {"port": port, "encryption": encryption}


def _host_and_port(value: str) -> dict[str, str]:
    host, _, port = value.partition(" ")
    return {"host": host} | ({"port": port} if port.isdecimal() else {}) if host else {}


def _shown_certificate(known: Known) -> str | None:
    return known.findings.certificate.sha256 if known.findings.certificate else None


def _pin(value: str) -> dict[str, str]:
    try:
        fingerprint = pins.normal(value)
    except pins.NotAFingerprint:
        return {}
    return {"trusted_certificate": fingerprint} if fingerprint else {}


def _nothing(_known: Known) -> str:
    return ""


_BELIEVING = frozenset({"use_host", "expect_name", "trust_certificate"})
_VALUES: dict[str, Callable[[Known], str | None]] = {
    "split_host": _suggestion,
    "use_mail_host": _suggestion,
    "use_host": _suggestion,
    "expect_name": _suggestion,
    "trust_certificate": _shown_certificate,
    "use_open_port": _open_port,
    "use_starttls_587": _nothing,
    "use_tls_465": _nothing,
    "use_starttls": _nothing,
    "use_tls": _nothing,
    "use_username": lambda known: other_user_name(known.username, known.sender) or None,
    "use_sender": lambda known: known.username if "@" in known.username else None,
    "auth_off": _nothing,
    "auth_on": _nothing,
}
_CHANGES: dict[str, Callable[[str], dict[str, str]]] = {
    "split_host": _host_and_port,
    "use_mail_host": lambda value: {"host": value} if value else {},
    "use_host": lambda value: {"host": value} if value else {},
    "expect_name": lambda value: {"certificate_name": value} if value else {},
    "trust_certificate": _pin,
    "use_open_port": _port_and_encryption,
    "use_starttls_587": lambda _value: {"port": "587", "encryption": "starttls"},
    "use_tls_465": lambda _value: {"port": "465", "encryption": "tls"},
    "use_starttls": lambda _value: {"encryption": "starttls"},
    "use_tls": lambda _value: {"encryption": "tls"},
    "use_username": lambda value: {"username": value} if value else {},
    "use_sender": lambda value: {"sender_address": value} if value else {},
    "auth_off": lambda _value: {"requires_auth": ""},
    "auth_on": lambda _value: {"requires_auth": "y"},
}
