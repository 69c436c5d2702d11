"""The world of the simulation: a server, a certificate, ports, what sentences name. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from app.mail.diagnosis import fixes
from app.mail.diagnosis.diagnosis import Diagnosis
from app.mail.diagnosis.remedies import REMEDIES
from app.mail.diagnosis.samples import SAMPLES
from app.mail.models import Encryption, Role
from app.mail.server_settings import MailSettings, Secret, ServerSettings
from app.mail.smtp.findings import Certificate, Door, Findings, PortSeen, Speaks

SENDER, RECIPIENT = "support@example.com", "nika@example.net"
HOST, SUGGESTED = "mail.example.com", "server7.host.example"
_OLD_PRINT = ":".join(["5C", "21"] * 16)
_NEW_PRINT = ":".join(["A1", "9F"] * 16)
_CERTIFICATE = Certificate(
    names=(SUGGESTED, "*.host.example"),
    issuer="Example Authority",
    valid_from=datetime(2026, 1, 5, 9, tzinfo=UTC),
    valid_until=datetime(2026, 4, 5, 9, tzinfo=UTC),
    sha256=_NEW_PRINT,
)
_PORTS = (
    PortSeen(465, Door.OPEN, Speaks.TLS),
    PortSeen(587, Door.SILENT),
    PortSeen(25, Door.CLOSED),
    PortSeen(2525, Door.SILENT),
)
_DETAILS = {
    "user": SENDER,
    "domain": "example.com",
    "found": "mx1.datacenter.example",
    "other": "465",
    "mode": "SSL/TLS",
    "mechanisms": "NTLM XOAUTH2",
    "mechanism": "PLAIN",
    "detail": "TLSV1_ALERT_INTERNAL_ERROR",
    "list": "zen.spamhaus.org",
    "expected": SUGGESTED,
    "trusted": _OLD_PRINT,
    "shown": _NEW_PRINT,
    "names": ", ".join(_CERTIFICATE.names),
    "issuer": _CERTIFICATE.issuer,
    "from": "2026-01-05 09:00 UTC",
    "until": "2026-04-05",
    "sha256": _NEW_PRINT,
    "days": "9",
    "minutes": "17",
    "id": "4Q1x7z0Lk2",
    "suggestion": SUGGESTED,
    "before": "CRAM-MD5 PLAIN",
}
_OTHER_DETAILS: Mapping[str, Mapping[str, str]] = {
    "in.host_scheme": {"suggestion": f"{HOST} 587"},
    "in.host_email": {"suggestion": HOST},
    "in.host_invisible": {"suggestion": HOST},
    "auth.wrong": {"suggestion": SENDER},
    "auth.user_form": {"user": "support", "suggestion": SENDER},
    "tls.certificate_changed": {"before": _OLD_PRINT},
}
_SETTINGS = {
    "in.host_label": {"host": "mail..example.com"},
    "in.port_incoming": {"port": 993},
    "in.port_mode": {"port": 465},
    "tls.plain_port": {"encryption": Encryption.TLS},
    "tcp.timeout_25": {"encryption": Encryption.NONE, "port": 25},
    "auth.need_tls": {"encryption": Encryption.NONE},
    "auth.not_offered_plain": {"encryption": Encryption.NONE},
    "auth.user_form": {"username": "support"},
    "mail.need_starttls": {"encryption": Encryption.NONE},
    "mail.need_auth": {"requires_auth": False},
    "tcp.refused_local": {"host": "localhost"},
    "dns.no_address": {"host": "example.com"},
    "tls.ip_host": {"host": "203.0.113.7"},
    "tcp.geo": {"host": "smtp.gmail.com"},
}


def settings(code: str = "") -> MailSettings:
    """Return the invented settings with which a code is met."""
    primary = ServerSettings(
        Role.PRIMARY,
        HOST,
        username=SENDER,
        password=Secret("only-for-show"),
        password_state="unreadable" if code == "in.pass_undecryptable" else "stored",
        active=True,
    )
    changed = replace(primary, **_SETTINGS.get(code, {}))  # type: ignore[arg-type]
    return MailSettings(changed, ServerSettings(Role.SECONDARY), SENDER, "Support", True)


def diagnosis(code: str) -> Diagnosis:
    """Return a diagnosis with everything in it that its sentences ask for."""
    remedy, server = REMEDIES[code], settings(code).primary
    reply = SAMPLES[code].reply if code in SAMPLES else "554 5.7.1 not today"
    details = {**_DETAILS, "reply": reply, **_OTHER_DETAILS.get(code, {})}
    known = fixes.Known(
        host=server.host,
        port=server.port,
        encryption=server.encryption,
        username=server.username,
        sender=SENDER,
        suggestion=details["suggestion"],
        findings=findings(code),
    )
    return Diagnosis(code, remedy, details, fixes.offered(remedy.fixes, known))


def findings(code: str) -> Findings:
    """Return what second looks would have found."""
    if code.startswith("tcp."):
        return Findings(ports=_PORTS, web_works=True)
    if code.startswith("tls."):
        return Findings(certificate=_CERTIFICATE, suggestion=SUGGESTED)
    return Findings()
