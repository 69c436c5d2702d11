"""How to sign in to a server: one mechanism, one try. Credentials stand in no transcript."""

import base64
import hmac
from collections.abc import Callable

from app.mail.smtp.trouble import Cause, ConversationFailed, Stage, Trouble
from app.mail.smtp.wire import Reply

# Sends a line and returns the reply; the second text is what the transcript shows instead.
Command = Callable[[str, str], Reply]
# What is shorter may stand in any reply by chance, and hiding it would show it.
_TELLING = 4


def chosen(offered: str, *, is_encrypted: bool) -> str:
    """Return the best mechanism that both sides know."""
    known = offered.upper().replace("=", " ").split()
    # Without encryption a challenge keeps the password off the wire.
    preferred = ("PLAIN", "LOGIN", "CRAM-MD5") if is_encrypted else ("CRAM-MD5", "PLAIN", "LOGIN")
    for mechanism in preferred:
        if mechanism in known:
            return mechanism
    detail = " ".join(known)
    raise ConversationFailed(Trouble(Stage.SIGN_IN, Cause.NO_MECHANISM, detail=detail))


def secrets(username: str, password: str) -> tuple[str, ...]:
    """Return the forms in which the password travels, so that no reply can bring them back."""
    forms = (password, _base64(password.encode()), _plain_token(username, password))
    return tuple(form for form in forms if len(form) >= _TELLING)


def authenticate(mechanism: str, username: str, password: str, command: Command) -> Reply:
    """Sign in with a mechanism and return the last reply."""
    match mechanism:
        case "PLAIN":
            return _plain(username, password, command)
        case "LOGIN":
            return _login(username, password, command)
        case _:
            return _cram_md5(username, password, command)


def _plain(username: str, password: str, command: Command) -> Reply:
    return command(f"AUTH PLAIN {_plain_token(username, password)}", "AUTH PLAIN ***")


def _plain_token(username: str, password: str) -> str:
    return _base64(f"\0{username}\0{password}".encode())


def _login(username: str, password: str, command: Command) -> Reply:
    reply = command("AUTH LOGIN", "")
    for secret in (username, password):
        if reply.code != 334:
            return reply
        reply = command(_base64(secret.encode()), "***")
    return reply


def _cram_md5(username: str, password: str, command: Command) -> Reply:
    reply = command("AUTH CRAM-MD5", "")
    if reply.code != 334:
        return reply
    challenge = base64.b64decode(reply.text.encode("ascii", "replace"))
    digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
    return command(_base64(f"{username} {digest}".encode()), "***")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
