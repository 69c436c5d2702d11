"""The sentences of a diagnosis, with everything in their holes that is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.config import current_config
from app.core import clock
from app.i18n import locales
from app.i18n.formats import number
from app.i18n.text import _, _l
from app.mail.diagnosis.diagnosis import Diagnosis
from app.mail.diagnosis.fixes import Fix
from app.mail.models import Encryption
from app.mail.server_settings import ServerSettings
from app.mail.smtp.findings import Door, PortSeen, Speaks
from app.web.drawing.markup import fill, ltr, ltr_list, ltr_plain

Fill = Callable[..., str]

_HOLES = (
    "host port place sender recipient helo user domain detail suggestion found other mode names "
    "issuer from until days now minutes sha256 mechanisms mechanism list reply id "
    "expected trusted shown before"
).split()
_COUNTS = frozenset({"days", "minutes"})
_LISTS = frozenset({"names", "mechanisms"})
_UNKNOWN = "…"
_MODES = {Encryption.STARTTLS: "STARTTLS", Encryption.TLS: "SSL/TLS"}
_FIXES = {
    "split_host": _l("Split it: %(value)s"),
    "use_mail_host": _l("Use %(value)s as the server"),
    "use_host": _l("Use %(value)s as the server"),
    "expect_name": _l("Expect the name %(value)s in the certificate"),
    "trust_certificate": _l("Trust exactly this certificate"),
    "use_open_port": _l("Use port %(port)s with %(mode)s"),
    "use_starttls_587": _l("Switch to STARTTLS on port 587"),
    "use_tls_465": _l("Switch to SSL/TLS on port 465"),
    "use_starttls": _l("Switch to STARTTLS"),
    "use_tls": _l("Switch to SSL/TLS"),
    "use_username": _l("Use %(value)s as the user name"),
    "use_sender": _l("Use %(value)s as the sender address"),
    "auth_off": _l("Switch authentication off"),
    "auth_on": _l("Switch authentication on"),
}
_PLAIN_PORT = _l("Use port %(port)s without encryption")
_DOORS = {
    Door.OPEN: _l("open"),
    Door.CLOSED: _l("closed"),
    Door.SILENT: _l("no answer"),
    Door.FORBIDDEN: _l("not allowed here"),
}
_SPEAKS = {
    Speaks.NOTHING: "",
    Speaks.SMTP: _l("mail server without encryption"),
    Speaks.STARTTLS: _l("mail server with STARTTLS"),
    Speaks.TLS: _l("mail server with SSL/TLS"),
    Speaks.OTHER: _l("not a mail server"),
}


@dataclass(frozen=True, slots=True)
class PortRow:
    """One port of the table."""

    port: int
    kind: str
    state: str
    speaks: str


def mode(encryption: Encryption) -> str:
    """Return the name of a kind of encryption as the settings page has it."""
    return _MODES.get(encryption) or str(_("No encryption"))


def fill_markup(sentence: object, **holes: str) -> Markup:
    """Fill a sentence for a page: machine text is isolated and escaped."""
    return fill(sentence, **{name: _piece(name, value) for name, value in holes.items()})


def _piece(name: str, value: str) -> str:
    if name in _LISTS:
        return ltr_list(value)
    return _counted(name, value) or ltr(value)


def fill_plain(sentence: object, **holes: str) -> str:
    """Fill a sentence where no markup is possible."""
    isolate = ltr_plain if locales.current().direction == "rtl" else str
    text = str(sentence)
    filled = {name: _counted(name, value) or isolate(value) for name, value in holes.items()}
    return text % filled if holes else text


def _counted(name: str, value: str) -> str:
    """Return a count in the reader's digits; nothing for machine text, which keeps its own."""
    return number(int(value)) if name in _COUNTS and value.isdecimal() else ""


def holes(server: ServerSettings, sender: str, /, **more: str) -> dict[str, str]:
    """Return everything a sentence may ask for; what nobody knows is an ellipsis."""
    known = {
        "host": server.host,
        "port": str(server.port),
        "place": f"{server.host}:{server.port}",
        "user": server.username,
        "sender": sender,
        "domain": sender.rpartition("@")[2],
        "helo": current_config().ehlo_name,
        "expected": server.certificate_name,
        "trusted": server.trusted_certificate,
        "now": f"{clock.now():%Y-%m-%d %H:%M} UTC",
    }
    given = {name: value for name, value in (known | more).items() if value}
    return dict.fromkeys(_HOLES, _UNKNOWN) | given


def explained(diagnosis: Diagnosis, server: ServerSettings, sender: str) -> Markup:
    """Return what a remembered failure means; of whom it was about nothing is remembered."""
    known = {"recipient": str(_("the recipient")), **diagnosis.details}
    return fill_markup(diagnosis.remedy.meaning, **holes(server, sender, **known))


def fix_label(fix: Fix, filling: Fill) -> str:
    """Return what stands on the button of a fix."""
    if fix.name != "use_open_port":
        return filling(_FIXES[fix.name], value=fix.value)
    mode = _MODES.get(Encryption(fix.changes["encryption"]), "")
    label: Any = _FIXES[fix.name] if mode else _PLAIN_PORT
    return filling(label, port=fix.changes["port"], mode=mode)


def port_rows(ports: tuple[PortSeen, ...]) -> list[PortRow]:
    """Return the table of ports in the reader's words."""
    return [
        PortRow(
            seen.port,
            "ok" if seen.takes_mail else "idle" if seen.door is Door.FORBIDDEN else "bad",
            str(_DOORS[seen.door]),
            str(_SPEAKS[seen.speaks]),
        )
        for seen in ports
    ]
