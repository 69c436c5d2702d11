"""The lines of an SMTP conversation: within a deadline, within bounds, written down.

The standard library's client has one timeout per read, so a server that drips a byte a second
holds it for ever; it reads an endless answer without limit; and it takes a reply torn in the
middle for a whole one. Here every read is cut by the deadline, every answer is bounded, and a
reply counts only when its last line has ended.
"""

import re
import socket
import ssl
import sys
import time
from dataclasses import dataclass

from app.core.errors import PeykError
from app.mail.smtp import foreign

MAX_LINE = 4096
MAX_LINES = 128
MAX_REPLY = 1000
MAX_TRANSCRIPT = 200
# How certificates are asked for where they have no public name.
_DER = 2
_REPLY_LINE = re.compile(rb"([2-5][0-9][0-9])([ -]?)(.*)", re.DOTALL)
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")


class Closed(PeykError):
    """The other side closed the connection before its reply was whole."""


class Garbled(PeykError):
    """What came is not an SMTP reply.

    What it was instead is told to nobody: who could ask any port for its first words would have a
    port scanner.
    """


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said: its code, its enhanced code (RFC 3463) if it gave one, its words."""

    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """Return the enhanced status code, or an empty string."""
        found = _ENHANCED.match(self.text)
        return found[1] if found else ""

    @property
    def is_positive(self) -> bool:
        """Tell whether the server did what it was asked."""
        return 200 <= self.code < 300

    @property
    def lines(self) -> list[str]:
        """Return the lines without their codes."""
        return self.text.split("\n")

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()[:MAX_REPLY]


@dataclass(slots=True)
class Deadline:
    """A moment (of the monotonic clock) after which a conversation is over."""

    at: float

    @classmethod
    def within(cls, seconds: float) -> "Deadline":
        """Return the deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def or_sooner(self, seconds: float) -> "Deadline":
        """Return the deadline of one step: that many seconds from now, if that is sooner."""
        return Deadline(min(self.at, time.monotonic() + seconds))

    def allows(self, seconds: float) -> float:
        """Return how long one step may take: at most `seconds`; raise TimeoutError when over."""
        left = min(self.at - time.monotonic(), seconds)
        if left <= 0:
            raise TimeoutError("the conversation took too long")
        return left


class Wire:
    """A connected socket that speaks in lines."""

    def __init__(self, connection: socket.socket, transcript: list[str]) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._transcript = transcript
        self._unread = b""
        self._hidden: tuple[str, ...] = ()

    def write(self, data: bytes, deadline: Deadline, seconds: float) -> None:
        """Hand bytes to the kernel, all of them, or raise OSError."""
        self._socket.settimeout(deadline.allows(seconds))
        self._socket.sendall(data)

    def command(self, line: str, deadline: Deadline, seconds: float, shown: str = "") -> Reply:
        """Send one line and return the reply; `shown` stands in the transcript instead of it."""
        self.note(f"C: {shown or line}")
        self.write(line.encode("utf-8") + b"\r\n", deadline, seconds)
        return self.reply(deadline, seconds)

    def reply(self, deadline: Deadline, seconds: float) -> Reply:
        """Read one whole reply, all its lines; raise `Closed`, `Garbled` or TimeoutError."""
        patience = deadline.or_sooner(seconds)
        texts: list[str] = []
        while len(texts) < MAX_LINES:
            parts = _REPLY_LINE.fullmatch(self._line(patience))
            if parts is None:
                raise Garbled("not a reply")
            code, sign, text = parts[1].decode(), parts[2].decode(), self._read(parts[3])
            self.note(f"S: {code}{sign}{text}")
            texts.append(text)
            if sign != "-":
                return Reply(int(code), "\n".join(texts))
        raise Garbled("an answer without an end")

    def start_tls(
        self, context: ssl.SSLContext, name: str, deadline: Deadline, seconds: float
    ) -> ssl.SSLSocket:
        """Encrypt the connection; the handshake as a whole is bounded.

        Whatever the server sent in clear before is forgotten (RFC 3207, 4.2): it might have been
        slipped in by somebody between us.
        """
        self._socket.settimeout(deadline.allows(seconds))
        self._unread = b""
        encrypted = context.wrap_socket(
            self._socket, server_hostname=name, do_handshake_on_connect=False
        )
        self._socket = encrypted
        encrypted.do_handshake()
        return encrypted

    @property
    def certificate(self) -> bytes:
        """Return the certificate that the other side showed, believed or not; empty without one."""
        return _first_shown(self._socket) if isinstance(self._socket, ssl.SSLSocket) else b""

    def hide(self, *secrets: str) -> None:
        """Let no reply bring back what was said in confidence: some servers repeat it."""
        self._hidden = secrets

    def note(self, line: str) -> None:
        """Write a line into the transcript; past its bound nothing more is kept."""
        if len(self._transcript) < MAX_TRANSCRIPT:
            self._transcript.append(foreign.shown(line, 500))

    def close(self) -> None:
        """Close the socket; a connection that is already broken is no error here."""
        try:
            self._socket.close()
        except OSError:
            return

    def hang_up(self) -> None:
        """Wake whoever reads or writes here, from another thread; `close` comes after it."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _read(self, line: bytes) -> str:
        text = line.decode("utf-8", errors="replace")
        for secret in self._hidden:
            text = text.replace(secret, "***")
        return foreign.shown(text, MAX_LINE)

    def _line(self, deadline: Deadline) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > MAX_LINE:
                raise Garbled("a line without an end")
            self._socket.settimeout(deadline.allows(MAX_LINE))
            received = self._socket.recv(MAX_LINE)
            if not received:
                raise Closed("closed in the middle of a reply" if self._unread else "closed")
            self._unread += received
        line, _, self._unread = self._unread.partition(b"\n")
        return line.rstrip(b"\r")


def extensions(reply: Reply) -> dict[str, str]:
    """Read what the server offers; some old ones write AUTH=LOGIN instead of AUTH LOGIN."""
    found: dict[str, str] = {}
    for line in reply.lines[1:]:
        word, _, rest = line.replace("AUTH=", "AUTH ", 1).partition(" ")
        found[word.upper()] = f"{found.get(word.upper(), '')} {rest}".strip()
    return found


def _first_shown(encrypted: ssl.SSLSocket) -> bytes:
    """Return the first certificate of the chain, also after a handshake that failed over it.

    `getpeercert` says nothing then. OpenSSL 3 keeps the chain; before 3.13 Python has no public
    name for it.
    """
    if sys.version_info >= (3, 13):
        return next(iter(encrypted.get_unverified_chain()), b"")
    chain = encrypted._sslobj.get_unverified_chain()  # type: ignore[attr-defined]  # noqa: SLF001
    return chain[0].public_bytes(_DER) if chain else b""


def dot_stuffed(data: bytes) -> bytes:
    """Return the body as SMTP wants it: CRLF line ends, leading dots doubled (RFC 5321, 4.5.2)."""
    ends = data.count(b"\r\n")
    has_clean_ends = data.endswith(b"\r\n") and data.count(b"\n") == ends == data.count(b"\r")
    if has_clean_ends and not data.startswith(b".") and b"\n." not in data:
        return data  # as nearly every mail of ours is
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
