"""What a failure means to an administrator: facts in, a code of the table out. Pure.

The tables are read from the top, most specific first; a new sign is a new row. Consequences for
a message (next server, retry) are decided elsewhere, in `replies`.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from app.mail.models import Encryption
from app.mail.remedies import REMEDIES
from app.mail.remedies.words import Remedy
from app.mail.signs import SIGNS
from app.mail.trouble import Cause, Stage, Trouble
from app.mail.wire import Reply

_REPLY = re.compile(r"(\d{3}) (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What was tried when it failed."""

    host: str = ""
    port: int = 0
    encryption: Encryption = Encryption.STARTTLS
    is_loopback: bool = False
    offers_starttls: bool = False
    password_state: str = "stored"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A code of the table with its words; `field` is where the administrator should look."""

    code: str
    remedy: Remedy

    @property
    def field(self) -> str:
        """Return the name of the guilty form field, or an empty string."""
        return self.remedy.field


def diagnose(trouble: Trouble, around: Circumstances | None = None) -> Diagnosis:
    """Say what a failure means."""
    code = _code(trouble, around or Circumstances())
    return Diagnosis(code, REMEDIES[code])


def known(code: str) -> Diagnosis | None:
    """Return the diagnosis of a stored code, or None for one that is not known any more."""
    return Diagnosis(code, REMEDIES[code]) if code in REMEDIES else None


def of_record(stage: str, cause: str, reply: str) -> Diagnosis | None:
    """Return the diagnosis of a failure that was written down: a code of ours, or its facts."""
    if not cause or cause in REMEDIES:
        return known(cause)
    if stage not in set(Stage) or cause not in set(Cause):
        return None
    found = _REPLY.match(reply)
    said = Reply(int(found[1]), found[2]) if found and cause == Cause.REPLY else None
    return diagnose(Trouble(Stage(stage), Cause(cause), said, detail=reply))


def _code(trouble: Trouble, around: Circumstances) -> str:
    if trouble.after_dot and trouble.cause is not Cause.REPLY:
        return "data.unknown"
    if trouble.cause is Cause.REPLY:
        return next((sign.code for sign in SIGNS if sign.fits(trouble)), "sys.unknown")
    if trouble.cause in (Cause.CERTIFICATE, Cause.TLS):
        return _tls_code(trouble)
    if trouble.cause in _BY_CIRCUMSTANCES:
        return _BY_CIRCUMSTANCES[trouble.cause](trouble, around)
    return _BY_CAUSE.get(trouble.cause, "sys.unknown")


def _tls_code(trouble: Trouble) -> str:
    if trouble.verify_code:
        return _BY_VERIFY_CODE.get(trouble.verify_code, "tls.unknown")
    detail = trouble.detail.upper().replace(" ", "_")
    return next((code for sign, code in _BY_TLS_REASON if re.search(sign, detail)), "tls.unknown")


def _refused(_trouble: Trouble, around: Circumstances) -> str:
    return "tcp.refused_local" if around.is_loopback else "tcp.refused"


def _timeout(trouble: Trouble, around: Circumstances) -> str:
    if trouble.stage is Stage.CONNECT:
        return "tcp.timeout_25" if around.port == 25 else "tcp.timeout"
    if trouble.stage is Stage.GREETING:
        implicit = around.port == 465 and around.encryption is not Encryption.TLS
        return "banner.silent_tls" if implicit else "banner.silent"
    return {Stage.RESOLVE: "dns.temporary", Stage.ENCRYPT: "tls.timeout"}.get(
        trouble.stage, "sys.deadline"
    )


def _cut(trouble: Trouble, _around: Circumstances) -> str:
    return {
        Stage.GREETING: "banner.closed",
        Stage.ENCRYPT: "tls.eof",
        Stage.SIGN_IN: "auth.closed",
        Stage.CONNECT: "tcp.reset",
    }.get(trouble.stage, "data.temp")


def _no_sign_in_offered(_trouble: Trouble, around: Circumstances) -> str:
    plain = around.encryption is Encryption.NONE and around.offers_starttls
    return "auth.not_offered_plain" if plain else "auth.not_offered"


def _no_password(_trouble: Trouble, around: Circumstances) -> str:
    unreadable = around.password_state == "unreadable"
    return "in.pass_undecryptable" if unreadable else "auth.empty"


def is_literal(host: str) -> bool:
    """Tell whether a host is a bare address, for which few certificates are made."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


_BY_CAUSE = {
    Cause.NAME_NOT_FOUND: "dns.not_found",
    Cause.NAME_TEMPORARY: "dns.temporary",
    Cause.FORBIDDEN: "in.dest_blocked",
    Cause.UNREACHABLE: "tcp.unreachable",
    Cause.PERMISSION: "tcp.permission",
    Cause.GARBLED: "banner.not_smtp",
    Cause.STARTTLS_MISSING: "tls.starttls_missing",
    Cause.NO_MECHANISM: "auth.no_common_mech",
    Cause.TOO_LARGE: "data.size",
}

_BY_CIRCUMSTANCES = {
    Cause.REFUSED: _refused,
    Cause.TIMEOUT: _timeout,
    Cause.RESET: _cut,
    Cause.CLOSED: _cut,
    Cause.AUTH_MISSING: _no_sign_in_offered,
    Cause.NO_PASSWORD: _no_password,
}

# Numbers of OpenSSL (X509_V_ERR_…).
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
