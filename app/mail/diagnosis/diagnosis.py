"""What a failure means to an administrator: a code of the table, its words, its fixes. Pure.

Consequences for a message (next server, retry) are decided elsewhere, in `replies`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.mail.diagnosis import codes, fixes
from app.mail.diagnosis.circumstances import Circumstances
from app.mail.diagnosis.fixes import Fix
from app.mail.diagnosis.remedies import REMEDIES, Remedy
from app.mail.models import Encryption
from app.mail.smtp.trouble import Cause, Stage, Trouble
from app.mail.smtp.wire import Reply

_REPLY = re.compile(r"(\d{3}) (.*)", re.DOTALL)
_MODES = {
    Encryption.STARTTLS: "STARTTLS",
    Encryption.TLS: "SSL/TLS",
    Encryption.NONE: "–",
}
_ABOUT_MECHANISMS = (Cause.NO_MECHANISM, Cause.WEAKENED)
_BLOCK_LIST = re.compile(r"[\w.-]*(?:spamhaus|barracuda|spamcop|sorbs)[\w.-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A code of the table with its words, what fills their holes, and what may mend it."""

    code: str
    remedy: Remedy
    details: Mapping[str, str] = field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()

    @property
    def field(self) -> str:
        """Return the name of the guilty form field, or an empty string."""
        return self.remedy.field

    @property
    def spares_the_server(self) -> bool:
        """Tell whether only the recipient was refused: the server itself is fine."""
        return self.code.startswith("rcpt.") and self.code != "rcpt.relay"


def diagnose(trouble: Trouble, around: Circumstances | None = None) -> Diagnosis:
    """Say what a failure means."""
    around = around or Circumstances()
    code = codes.code_of(trouble, around)
    details = _details(trouble, around)
    known = fixes.Known(
        host=around.host,
        port=around.port,
        encryption=around.encryption,
        username=around.username,
        sender=around.sender,
        findings=around.findings,
        is_suspicious=bool(around.former_certificate),
    )
    return Diagnosis(code, REMEDIES[code], details, fixes.offered(REMEDIES[code].fixes, known))


def suspicion(around: Circumstances) -> Diagnosis | None:
    """Return the warning about a certificate that is not the one with which it last worked."""
    before, shown = around.former_certificate, around.findings.certificate
    if not before or shown is None or around.trusted_certificate:
        return None
    return note("tls.certificate_changed", before=before, shown=shown.sha256)


def known(code: str, **details: str) -> Diagnosis | None:
    """Return the diagnosis of a stored code, or None for one that is not known any more."""
    return Diagnosis(code, REMEDIES[code], details) if code in REMEDIES else None


def note(code: str, **details: str) -> Diagnosis:
    """Return something worth knowing about a stage that passed."""
    return Diagnosis(code, REMEDIES[code], details)


def of_record(stage: str, cause: str, reply: str) -> Diagnosis | None:
    """Return the diagnosis of a failure that was written down: a code of ours, or its facts."""
    if not cause or cause in REMEDIES:
        return known(cause)
    if stage not in set(Stage) or cause not in set(Cause):
        return None
    found = _REPLY.match(reply)
    said = Reply(int(found[1]), found[2]) if found and cause == Cause.REPLY else None
    return diagnose(Trouble(Stage(stage), Cause(cause), said, detail=reply))


def _details(trouble: Trouble, around: Circumstances) -> dict[str, str]:
    """Return what fills the holes of the sentences, as far as it is known."""
    found, reply = around.findings, trouble.reply
    other = found.open_port
    listed = _BLOCK_LIST.search(reply.text) if reply else None
    details = {
        "user": around.username,
        "domain": around.sender.rpartition("@")[2],
        "suggestion": found.suggestion or fixes.other_user_name(around.username, around.sender),
        "found": found.intercepted_by,
        "other": str(other.port) if other else "",
        "mode": _MODES[other.encryption] if other else "",
        "mechanisms": trouble.detail if trouble.cause in _ABOUT_MECHANISMS else "",
        "reply": str(reply or ""),
        "detail": trouble.detail if trouble.cause is Cause.TLS else "",
        "list": listed[0] if listed else "",
        "expected": around.certificate_name,
        "trusted": around.trusted_certificate,
        "shown": trouble.detail if trouble.cause is Cause.OTHER_CERTIFICATE else "",
        "before": " ".join(around.offered.mechanisms) if around.offered else "",
    }
    if shown := found.certificate:
        details |= {
            "names": ", ".join(shown.names[:4]),
            "issuer": shown.issuer,
            "from": f"{shown.valid_from:%Y-%m-%d %H:%M} UTC",
            "until": f"{shown.valid_until:%Y-%m-%d}",
            "sha256": shown.sha256,
        }
    return {name: value for name, value in details.items() if value}
