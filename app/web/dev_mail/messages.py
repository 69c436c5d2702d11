"""Reads what the catcher wrote: one `.eml` file for each mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
_LINK = re.compile(r"https?://[^\s<>\"'\u2066-\u2069]+")
_MOST = 200


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail, read."""

    id: str
    at: datetime
    subject: str
    sender_name: str
    sender: str
    recipient: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str

    @property
    def links(self) -> tuple[str, ...]:
        """The links of the plain text, each once, in order."""
        return tuple(dict.fromkeys(_LINK.findall(self.text)))


def newest(folder: Path) -> Iterator[CaughtMail]:
    """The mails of the folder, newest first; old ones beyond some hundreds are left out."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return (_read(file) for file in files[:_MOST])


def find(folder: Path, name: str) -> CaughtMail | None:
    """The mail of that name, when there is one in the folder itself."""
    if not _NAME.fullmatch(name):
        return None
    file = folder / f"{name}.eml"
    return _read(file) if file.is_file() else None


def _read(file: Path) -> CaughtMail:
    """Parse a file with the standard library; a missing part is empty text."""
    message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    return CaughtMail(
        id=file.stem,
        at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        subject=_header(message, "Subject"),
        sender_name=_mailbox(message, "From")[0],
        sender=_mailbox(message, "From")[1],
        recipient=_mailbox(message, "To")[1],
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _header(message: EmailMessage, name: str) -> str:
    return str(message[name] or "")


def _mailbox(message: EmailMessage, name: str) -> tuple[str, str]:
    """The name and the address of the first mailbox in the header."""
    return parseaddr(_header(message, name))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
