"""What can go wrong in a conversation, as facts: where, why, what was said. No sentences."""

import ssl
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import PeykError
from app.mail.smtp.destinations import Filtered, Forbidden, NameNotFound, NameTemporarilyUnknown
from app.mail.smtp.tls import AuthoritiesUnreadable, OtherCertificate
from app.mail.smtp.wire import Closed, Garbled, Reply


class Stage(StrEnum):
    """The stages in their order; the names are those of the connection test's protocol."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    GREETING = "greeting"
    ENCRYPT = "encrypt"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class Cause(StrEnum):
    """Why a stage failed, as far as the socket can tell; REPLY means the server said no."""

    REPLY = "reply"
    NAME_NOT_FOUND = "name_not_found"
    NAME_TEMPORARY = "name_temporary"
    FORBIDDEN = "forbidden"
    FILTERED = "filtered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PERMISSION = "permission"
    TIMEOUT = "timeout"
    RESET = "reset"
    CLOSED = "closed"
    GARBLED = "garbled"
    TLS = "tls"
    CERTIFICATE = "certificate"
    STARTTLS_MISSING = "starttls_missing"
    AUTH_MISSING = "auth_missing"
    NO_MECHANISM = "no_mechanism"
    NO_PASSWORD = "no_password"
    WEAKENED = "weakened"
    OTHER_CERTIFICATE = "other_certificate"
    AUTHORITIES = "authorities"
    TOO_LARGE = "too_large"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is known of a failure: facts, no sentences for people."""

    stage: Stage
    cause: Cause
    reply: Reply | None = None
    detail: str = ""
    verify_code: int | None = None
    after_dot: bool = False


class ConversationFailed(PeykError):
    """The conversation ended before the server took the message; `trouble` says where and why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(f"{trouble.stage}: {trouble.cause} {trouble.reply or trouble.detail}")
        self.trouble = trouble


_CAUSES: tuple[tuple[type[BaseException], Cause], ...] = (
    (NameNotFound, Cause.NAME_NOT_FOUND),
    (NameTemporarilyUnknown, Cause.NAME_TEMPORARY),
    (Forbidden, Cause.FORBIDDEN),
    (Filtered, Cause.FILTERED),
    (OtherCertificate, Cause.OTHER_CERTIFICATE),
    (AuthoritiesUnreadable, Cause.AUTHORITIES),
    (ssl.SSLCertVerificationError, Cause.CERTIFICATE),
    (TimeoutError, Cause.TIMEOUT),
    (ssl.SSLError, Cause.TLS),
    (ConnectionRefusedError, Cause.REFUSED),
    (ConnectionResetError, Cause.RESET),
    (BrokenPipeError, Cause.RESET),
    (PermissionError, Cause.PERMISSION),
    (Closed, Cause.CLOSED),
    (Garbled, Cause.GARBLED),
    (OSError, Cause.UNREACHABLE),
)


def of(stage: Stage, error: Exception, *, after_dot: bool) -> Trouble:
    """Return what is known of an error that came up at a stage."""
    cause = next((cause for kind, cause in _CAUSES if isinstance(error, kind)), Cause.OTHER)
    return Trouble(
        stage,
        cause,
        detail=(getattr(error, "reason", "") or str(error))[:300],
        verify_code=getattr(error, "verify_code", None),
        after_dot=after_dot,
    )
