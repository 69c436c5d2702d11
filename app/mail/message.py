"""A message and its bytes: headers that survive Persian, and nothing that can be injected.

Python's own policy mixes plain and encoded words in one header; where a plain word stands between
two encoded ones, readers lose the space between them (10 % of mixed Persian and Latin subjects
measured), and now and then it writes an empty encoded word, which RFC 2047 forbids. Here a header
that needs encoding is encoded whole; addresses are always plain ASCII.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from app.core.errors import PeykError

_ADDRESS_HEADERS = {"from", "to", "cc", "reply-to", "sender"}
_BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")


class HeaderInjection(PeykError):
    """A value with a line break or another control character was meant for a header."""


@dataclass(frozen=True, slots=True)
class Message:
    """Addressed mail with its words; lives only while it is sent."""

    sender_address: str
    sender_name: str
    to: str
    subject: str
    text: str
    html: str
    locale: str
    message_id: str
    date: datetime

    def __post_init__(self) -> None:
        for value in (self.sender_address, self.sender_name, self.to, self.subject):
            if _BREAKS.search(value):
                raise HeaderInjection(repr(value)[:80])

    def as_bytes(self) -> bytes:
        """Return the message as it goes over the wire: multipart, base64, all ASCII."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(self.sender_name, addr_spec=self.sender_address)
        mail["To"] = Address(addr_spec=self.to)
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(self.date)
        mail["Message-ID"] = self.message_id
        # Nobody's holiday notice should answer this (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(self.text, cte="base64")
        mail.add_alternative(self.html, subtype="html", cte="base64")
        # Last: setting the content takes earlier headers of this family away.
        mail["Content-Language"] = self.locale
        return mail.as_bytes()


class PersianSafePolicy(EmailPolicy):
    """Fold headers so that mixed Persian and Latin text keeps every space."""

    def fold(self, name: str, value: str) -> str:
        """Return the header, folded and encoded."""
        return self._encoded(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header, folded and encoded, as bytes."""
        encoded = self._encoded(name, value)
        return encoded.encode("ascii") if encoded else super().fold_binary(name, value)

    def _encoded(self, name: str, value: str) -> str | None:
        if name.lower() in _ADDRESS_HEADERS and hasattr(value, "addresses"):
            boxes = ",\r\n ".join(_mailbox(box, len(name)) for box in value.addresses)
            return f"{name}: {boxes}\r\n"
        if name.lower() == "subject" and not str(value).isascii():
            return f"{name}: {_words(str(value), len(name))}\r\n"
        return None


SMTP = PersianSafePolicy(linesep="\r\n")


def _words(text: str, used: int) -> str:
    header = Header(text, "utf-8", maxlinelen=75, header_name="x" * used)
    return header.encode(linesep="\r\n")


def _mailbox(address: Address, used: int) -> str:
    if not address.addr_spec.isascii():
        raise HeaderInjection("a mailbox that is not ASCII needs SMTPUTF8 on every hop")
    if address.display_name.isascii():
        return str(address)
    return f"{_words(address.display_name, used)}\r\n <{address.addr_spec}>"
