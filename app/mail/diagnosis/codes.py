"""Which code of the table a failure has: by what was said, by OpenSSL, by circumstances. Pure.

The tables are read from the top, most specific first; a new sign is a new row.
"""

import re
from collections.abc import Callable

from app.mail.diagnosis.circumstances import Circumstances
from app.mail.diagnosis.signs import SIGNS
from app.mail.models import Encryption
from app.mail.smtp import domains
from app.mail.smtp.findings import Speaks
from app.mail.smtp.trouble import Cause, Stage, Trouble


def code_of(trouble: Trouble, around: Circumstances) -> str:
    """Return the code of the table for a failure."""
    if trouble.after_dot:
        # A refusal of the message is no such failure: it knows its outcome.
        return "data.unknown"
    if around.findings.intercepted_by:
        return "banner.intercepted"
    if trouble.cause is Cause.REPLY:
        code = next((sign.code for sign in SIGNS if sign.fits(trouble)), "sys.unknown")
        return _told_apart(code, around)
    if trouble.cause in (Cause.CERTIFICATE, Cause.TLS):
        return _tls_code(trouble, around)
    if trouble.cause in _BY_CIRCUMSTANCES:
        return _BY_CIRCUMSTANCES[trouble.cause](trouble, around)
    return _BY_CAUSE.get(trouble.cause, "sys.unknown")


def _told_apart(code: str, around: Circumstances) -> str:
    """Tell replies apart that look alike, by what we sent."""
    if code == "auth.wrong" and not around.has_ascii_sign_in:
        return "auth.encoding"
    if code == "auth.wrong" and around.username and "@" not in around.username:
        return "auth.user_form" if around.sender else code
    if code == "ehlo.gmail_loopback" and not _is_local_name(around.helo):
        return "banner.421"
    return code


def _is_local_name(helo: str) -> bool:
    return helo.startswith("[") or "." not in helo


def _tls_code(trouble: Trouble, around: Circumstances) -> str:
    if trouble.verify_code in _OTHER_NAME and around.certificate_name:
        return "tls.expected_name"
    if trouble.verify_code:
        return _BY_VERIFY_CODE.get(trouble.verify_code, "tls.unknown")
    detail = trouble.detail.upper().replace(" ", "_")
    return next((code for sign, code in _BY_TLS_REASON if re.search(sign, detail)), "tls.unknown")


def _name(trouble: Trouble, around: Circumstances) -> str:
    """Without a second look a name that is not found simply does not exist."""
    found = around.findings
    if found.resolver_works is False and trouble.cause is Cause.NAME_TEMPORARY:
        return "dns.resolver_down"
    if found.name_exists:
        return "dns.no_address"
    temporary = trouble.cause is Cause.NAME_TEMPORARY
    return "dns.temporary" if temporary else "dns.not_found"


def _refused(_trouble: Trouble, around: Circumstances) -> str:
    return "tcp.refused_local" if around.is_loopback else "tcp.refused"


def _timeout(trouble: Trouble, around: Circumstances) -> str:
    if trouble.stage is Stage.CONNECT:
        return _silent_port(around)
    if trouble.stage is Stage.GREETING:
        return _silent(around)
    return {Stage.RESOLVE: "dns.temporary", Stage.ENCRYPT: "tls.timeout"}.get(
        trouble.stage, "sys.deadline"
    )


def _silent(around: Circumstances) -> str:
    behind = around.findings.behind_silence
    if behind is Speaks.OTHER:
        return "banner.not_smtp"
    wants_tls = behind is Speaks.TLS and not around.encryption.is_implicit
    return "banner.silent_tls" if wants_tls else "banner.silent"


def _silent_port(around: Circumstances) -> str:
    """Say why a port is silent: nothing is claimed that was not seen."""
    found = around.findings
    if around.port == 25 and found.port_25_is_shut:
        return "tcp.timeout_25"
    if found.open_port and found.open_port.port != around.port:
        return "tcp.timeout_port"
    if _is_shut_out(around):
        return "tcp.geo"
    if found.all_mail_is_silent and found.web_works:
        return "tcp.timeout_all_mail"
    return "tcp.timeout"


def _is_shut_out(around: Circumstances) -> bool:
    foreign = domains.registered(around.host) in _FOREIGN_PROVIDERS
    return foreign and around.is_iranian and not around.findings.open_port


def _cut(trouble: Trouble, around: Circumstances) -> str:
    if trouble.stage is Stage.CONNECT and _is_shut_out(around):
        return "tcp.geo"
    return {
        Stage.GREETING: "banner.closed",
        Stage.ENCRYPT: "tls.eof",
        Stage.SIGN_IN: "auth.closed",
        Stage.CONNECT: "tcp.reset",
    }.get(trouble.stage, "data.temp")


def _no_starttls(_trouble: Trouble, around: Circumstances) -> str:
    before = around.offered_starttls_once or (around.offered and around.offered.starttls)
    return "tls.starttls_stripped" if before else "tls.starttls_missing"


def _no_sign_in_offered(_trouble: Trouble, around: Circumstances) -> str:
    if around.encryption is Encryption.NONE and around.offers_starttls:
        return "auth.not_offered_plain"
    before = around.offered is not None and around.offered.sign_in
    return "auth.stripped" if before else "auth.not_offered"


def _no_password(_trouble: Trouble, around: Circumstances) -> str:
    unreadable = around.password_state == "unreadable"
    return "in.pass_undecryptable" if unreadable else "auth.empty"


_BY_CAUSE = {
    Cause.FILTERED: "dns.filtered",
    Cause.FORBIDDEN: "in.dest_blocked",
    Cause.UNREACHABLE: "tcp.unreachable",
    Cause.PERMISSION: "tcp.permission",
    Cause.GARBLED: "banner.not_smtp",
    Cause.NO_MECHANISM: "auth.no_common_mech",
    Cause.TOO_LARGE: "data.size",
    Cause.WEAKENED: "auth.weakened",
    Cause.OTHER_CERTIFICATE: "tls.other_certificate",
    Cause.AUTHORITIES: "sys.ca_file",
}

# Providers abroad of whom it is known that they shut networks out.
_FOREIGN_PROVIDERS = frozenset(
    "gmail.com google.com googlemail.com outlook.com office365.com hotmail.com live.com yahoo.com "
    "amazonaws.com sendgrid.net mailgun.org mailjet.com zoho.com icloud.com me.com".split()
)

_BY_CIRCUMSTANCES: dict[Cause, Callable[[Trouble, Circumstances], str]] = {
    Cause.NAME_NOT_FOUND: _name,
    Cause.NAME_TEMPORARY: _name,
    Cause.STARTTLS_MISSING: _no_starttls,
    Cause.REFUSED: _refused,
    Cause.TIMEOUT: _timeout,
    Cause.RESET: _cut,
    Cause.CLOSED: _cut,
    Cause.AUTH_MISSING: _no_sign_in_offered,
    Cause.NO_PASSWORD: _no_password,
}

# Numbers of OpenSSL (X509_V_ERR_…).
_OTHER_NAME = (62, 64)
_BY_VERIFY_CODE = {
    9: "tls.not_yet",
    10: "tls.expired",
    18: "tls.self_signed",
    19: "tls.unknown_ca",
    20: "tls.chain_incomplete",
    21: "tls.chain_incomplete",
    **dict.fromkeys((23, 26, 79), "tls.revoked_or_purpose"),
    62: "tls.name_mismatch",
    64: "tls.ip_host",
    **dict.fromkeys((66, 67, 68), "tls.weak_key"),
    **dict.fromkeys((85, 86, 87, 89, 90, 91, 92), "tls.strict"),
}

_BY_TLS_REASON = (
    (r"WRONG_VERSION_NUMBER|UNKNOWN_PROTOCOL|RECORD_LAYER_FAILURE|PACKET_LENGTH", "tls.plain_port"),
    (r"PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL", "tls.old_protocol"),
    (r"KEY_TOO_SMALL|MD_TOO_WEAK", "tls.weak_key"),
    (r"LEGACY_RENEGOTIATION", "tls.legacy_reneg"),
    (r"HANDSHAKE_FAILURE|UNRECOGNIZED_NAME|NO_SHARED_CIPHER", "tls.no_common"),
    (r"EOF", "tls.eof"),
    (r"TIMED_OUT", "tls.timeout"),
)
