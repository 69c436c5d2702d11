"""What a failure means to an administrator: facts in, a code of the table out. Pure.

The tables are read from the top, most specific first; a new sign is a new row. Consequences for
a message (next server, retry) are decided elsewhere, in `replies`.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from app.mail.models import Encryption
from app.mail.remedies import REMEDIES, Remedy
from app.mail.session import Cause, Stage, Trouble
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


@dataclass(frozen=True, slots=True)
class Sign:
    """One row about replies: at these stages, with such codes and words, it means `code`."""

    code: str
    stages: tuple[Stage, ...]
    replies: str = r"\d{3}"
    enhanced: str = ""
    words: str = ""

    def fits(self, trouble: Trouble) -> bool:
        """Tell whether the reply of this failure is the one this row speaks of."""
        reply = trouble.reply
        return (
            reply is not None
            and trouble.stage in self.stages
            and re.fullmatch(self.replies, str(reply.code)) is not None
            and re.match(self.enhanced, reply.enhanced) is not None
            and re.search(self.words, reply.text, re.IGNORECASE) is not None
        )


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

_GREETING = (Stage.GREETING,)
_SIGN_IN = (Stage.SIGN_IN,)
_SENDER = (Stage.SENDER,)
_RECIPIENT = (Stage.RECIPIENT,)
_MESSAGE = (Stage.MESSAGE,)
_ENVELOPE = (Stage.SENDER, Stage.RECIPIENT)
_MAIL = (Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE)

SIGNS = (
    # The greeting and EHLO
    Sign("ehlo.refused", (Stage.GREETING, Stage.ENCRYPT, *_ENVELOPE), words=r"\b(helo|ehlo)\b"),
    Sign("banner.421", _GREETING, "4.."),
    Sign("ehlo.refused", _GREETING, "50."),
    Sign("banner.554", _GREETING, "5.."),
    # STARTTLS
    Sign("tls.starttls_454", (Stage.ENCRYPT,), "4.."),
    Sign("tls.starttls_missing", (Stage.ENCRYPT,), "5.."),
    # The sign-in
    Sign("auth.gmail_app", _SIGN_IN, words=r"application-specific|InvalidSecondFactor"),
    Sign("auth.gmail_bad", _SIGN_IN, words=r"BadCredentials"),
    Sign("auth.gmail_web", _SIGN_IN, "53[45]", words=r"web browser|WebLoginRequired"),
    Sign("auth.m365_disabled", _SIGN_IN, words=r"SmtpClientAuthentication is disabled"),
    Sign("auth.m365_basic", (*_SIGN_IN, *_SENDER), words=r"basic authentication|security defaults"),
    Sign("auth.m365_basic", (*_SIGN_IN, *_SENDER), enhanced=r"5\.7\.(139|30)$"),
    Sign("auth.pop_first", (*_SIGN_IN, *_ENVELOPE), words=r"\bpop\b.*before|check your mail"),
    Sign("auth.pass_expired", _SIGN_IN, words=r"expired"),
    Sign("auth.pass_expired", _SIGN_IN, "432"),
    Sign("auth.locked", _SIGN_IN, words=r"locked|suspended|disabled|too many"),
    Sign("auth.temp", _SIGN_IN, "4.."),
    Sign("auth.need_tls", _SIGN_IN, "538"),
    Sign("auth.need_tls", _SIGN_IN, "5..", words=r"STARTTLS|encrypt|\bTLS\b|\bSSL\b"),
    Sign("auth.need_tls", _SIGN_IN, "534", r"5\.7\.9$"),
    Sign("auth.not_offered", _SIGN_IN, "50[234]"),
    Sign("auth.wrong", _SIGN_IN, "5.."),
    # Sender, recipient, message: first what is said about the server and the account
    Sign("mail.need_starttls", _MAIL, "530", words=r"STARTTLS"),
    Sign("mail.need_auth", _MAIL, "530"),
    Sign("mail.need_auth", _MAIL, "5..", words=r"authentication (is )?required|SMTP AUTH is req"),
    Sign("mail.need_auth", _MAIL, "5..", words=r"requires? authentication|not authenticated"),
    Sign("mail.need_auth", _MAIL, "5..", r"5\.7\.57$"),
    Sign("auth.locked", _MAIL, "5..", words=r"suspended"),
    Sign("mail.not_owner", _MAIL, "5..", words=r"not owned|SendAsDenied|must match|not allowed to send as"),
    Sign("mail.not_owner", _MAIL, "5..", r"5\.(7\.60|2\.252)$"),
    Sign("mail.unverified", _MAIL, "5..", words=r"not verified|not confirmed|unverified"),
    Sign("mail.spf", _MAIL, words=r"\bSPF\b"),
    Sign("mail.spf", _MAIL, enhanced=r"5\.7\.23$"),
    Sign("mail.dmarc", _MAIL, words=r"DMARC|DKIM"),
    Sign("mail.dmarc", _MAIL, enhanced=r"5\.7\.(2[0-2]|26)$"),
    Sign("mail.ptr", _MAIL, words=r"\bPTR\b|reverse (dns|name)"),
    Sign("mail.ptr", _MAIL, enhanced=r"5\.7\.25$"),
    Sign("mail.ip_block", _MAIL, words=r"spamhaus|barracuda|spamcop|block ?list|black ?list|S3140"),
    Sign("rcpt.relay", _MAIL, "5..", words=r"relay"),
    Sign("rcpt.greylist", _MAIL, "4..", words=r"gr[ea]y.?list"),
    Sign("mail.conn_limit", _MAIL, "421|432", words=r"connection"),
    Sign("mail.quota_hour", _MAIL, words=r"\brate\b|throttl|per hour|per day|max emails"),
    Sign("mail.quota_hour", _MAIL, enhanced=r"(5\.4\.5|4\.5\.3)$"),
    Sign("proto.sequence", _MAIL, "503"),
    Sign("proto.syntax", _MAIL, "50[01]"),
    # The sender
    Sign("mail.sender_domain", _SENDER, words=r"domain.*(not found|not exist|not resolve)"),
    Sign("mail.sender_domain", _SENDER, enhanced=r"[45]\.1\.8$|5\.7\.27$"),
    Sign("data.size", _SENDER, "552"),
    Sign("mail.sender_refused", _SENDER, "5.."),
    # The recipient
    Sign("rcpt.utf8", _RECIPIENT, words=r"SMTPUTF8"),
    Sign("rcpt.full", _RECIPIENT, enhanced=r"[45]\.2\.2$"),
    Sign("rcpt.full", _RECIPIENT, "452|552", words=r"full|quota"),
    Sign("rcpt.rate", _RECIPIENT, "4..", r"4\.2\.1$"),
    Sign("rcpt.domain", _RECIPIENT, "5..", r"5\.(1\.2|1\.10|4\.4)$"),
    Sign("rcpt.policy", _RECIPIENT, "5..", r"5\.7\."),
    Sign("rcpt.unknown", _RECIPIENT, "5..", r"5\.1\."),
    Sign("rcpt.unknown", _RECIPIENT, "55[013]"),
    Sign("rcpt.greylist", _RECIPIENT, "45[01]", words=r"try again|later|4\.7\.1"),
    Sign("rcpt.policy", _RECIPIENT, "5.."),
    # The message
    Sign("data.size", _MESSAGE, "552", words=r"size|large|5\.3\.4"),
    Sign("data.size", _MESSAGE, enhanced=r"5\.(3\.4|2\.3)$"),
    Sign("rcpt.full", _MESSAGE, "552"),
    Sign("data.spam", _MESSAGE, "5..", words=r"spam|junk|virus|content"),
    Sign("data.spam", _MESSAGE, "5..", r"5\.6\.0$"),
    Sign("data.storage", _MAIL, "452|431", r"4\.3\.1$"),
    Sign("data.storage", _MAIL, "452", words=r"storage|disk|space"),
    Sign("data.refused", _MESSAGE, "5.."),
    Sign("data.temp", _MAIL, "4.."),
)
