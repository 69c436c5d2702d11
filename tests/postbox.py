"""A real SMTP server on a loopback socket, whose behaviour a test decides.

`Postbox()` accepts everything and keeps it. `say={"RCPT": "550 5.1.1 no such user"}` answers a
command otherwise; `hang_up_at` closes the connection there, `hang_at` falls silent, `drip` answers
one byte at a time, `delay` thinks before it answers. `handshake` is said to whoever begins to
encrypt, instead of TLS; `instead` to whoever speaks first, instead of a greeting. `nobody()` is a
port where nobody listens.
"""

import base64
import email
import email.policy
import re
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Self

GREETING = "220 postbox.example.com ESMTP ready"
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Received:
    """One message that was accepted, with its envelope."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """Return the message, parsed."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def text(self) -> str:
        """Return the plain text part."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        """Return the HTML part."""
        part = self.mail.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    def link(self) -> str:
        """Return the one link of the plain text."""
        links = set(_LINK.findall(self.text))
        assert len(links) == 1, links
        return links.pop()

    def path(self) -> str:
        """Return the path of the link."""
        return "/" + self.link().split("/", 3)[3]


@dataclass
class Postbox:
    """The server; start it with `with`."""

    say: Mapping[str, str] = field(default_factory=dict)
    hang_up_at: str = ""
    hang_at: str = ""
    drip: float = 0.0
    delay: float = 0.0
    hang_up_after: int = 0
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME")
    credentials: tuple[str, str] | None = None
    mechanisms: str = "PLAIN LOGIN"
    tls: ssl.SSLContext | None = None
    handshake: bytes = b""
    instead: str = ""
    implicit_tls: bool = False
    offers_starttls: bool = True
    messages: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    host = "127.0.0.1"

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.host, 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="postbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        _shut(self._listener)
        for connection in self._open:
            _shut(connection)
        self._thread.join(timeout=5)

    def only(self) -> Received:
        """Return the one message that came."""
        assert len(self.messages) == 1, f"{len(self.messages)} messages"
        return self.messages[0]

    def _serve(self) -> None:
        while not self._done.is_set():
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            # Three answers to three commands that came together: none waits for an acknowledgement.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(connection)
            self.connections += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        conversation = _Conversation(self, connection)
        try:
            conversation.run()
        except (OSError, ValueError):
            return
        finally:
            conversation.socket.close()


class _HangUp(Exception):
    """The script wants the connection closed."""


class _Conversation:
    def __init__(self, box: Postbox, connection: socket.socket) -> None:
        self.box, self.socket = box, connection
        self.encrypted = False
        self.signed_in = self.has_sender = False
        self.sender = self.recipient = ""
        self.unread = b""
        self.lines: deque[bytes] = deque()

    def run(self) -> None:
        try:
            if self.box.implicit_tls:
                self._encrypt()
            if self.box.instead and self._line():
                self._reply("INSTEAD", self.box.instead)
                return
            self._reply("GREETING", GREETING)
            while line := self._line():
                self._obey(line)
        except _HangUp:
            return

    def _obey(self, line: str) -> None:
        verb = line.split(" ", maxsplit=1)[0].upper().rstrip(":")
        self.box.commands.append(line if verb != "AUTH" else "AUTH")
        handler = getattr(self, f"_on_{verb.lower()}", None)
        if handler is None:
            self._reply(verb, "502 5.5.1 not here")
        else:
            handler(line)

    def _on_ehlo(self, _line: str) -> None:
        words = list(self.box.extensions)
        speaks_tls = self.box.tls or self.box.handshake
        if speaks_tls and self.box.offers_starttls and not self.encrypted:
            words.append("STARTTLS")
        if self.box.credentials and (self.encrypted or not self.box.tls):
            words.append(f"AUTH {self.box.mechanisms}")
        lines = ["postbox.example.com", *words]
        text = "\r\n".join(
            f"250{'-' if n < len(lines) - 1 else ' '}{word}" for n, word in enumerate(lines)
        )
        self._reply("EHLO", text)

    def _on_helo(self, _line: str) -> None:
        self._reply("HELO", "250 postbox.example.com")

    def _on_starttls(self, _line: str) -> None:
        if self._reply("STARTTLS", "220 2.0.0 go ahead").startswith("220"):
            self._encrypt()

    def _on_auth(self, line: str) -> None:
        _verb, mechanism, *initial = line.split(" ")
        if mechanism.upper() == "LOGIN":
            self._reply("AUTH LOGIN", "334 VXNlcm5hbWU6")
            user = base64.b64decode(self._line()).decode()
            self._reply("AUTH LOGIN", "334 UGFzc3dvcmQ6")
            password = base64.b64decode(self._line()).decode()
        else:
            _zero, user, password = base64.b64decode(initial[0]).decode().split("\0")
        self.signed_in = (user, password) == self.box.credentials
        ok, refused = "235 2.7.0 welcome", "535 5.7.8 authentication credentials invalid"
        self._reply("AUTH", ok if self.signed_in else refused)

    def _on_mail(self, line: str) -> None:
        self.sender = line[line.index("<") + 1 : line.index(">")]
        self.recipient = ""
        if self.box.credentials and not self.signed_in:
            self._reply("MAIL", "530 5.7.0 authentication required")
        else:
            self.has_sender = self._reply("MAIL", "250 2.1.0 ok").startswith("2")

    def _on_rcpt(self, line: str) -> None:
        if not self.has_sender:
            self._reply("RCPT", "503 5.5.1 need MAIL first")
        elif self._reply("RCPT", "250 2.1.5 ok").startswith("2"):
            self.recipient = line[line.index("<") + 1 : line.index(">")]

    def _on_data(self, _line: str) -> None:
        usual = "354 go on" if self.recipient else "503 5.5.1 no valid recipients"
        if not self._reply("DATA", usual).startswith("354"):
            return
        lines: list[bytes] = []
        self._maybe_leave("BODY")
        while (line := self._raw_line()) != b".\r\n":
            if not line:
                raise _HangUp
            lines.append(line[1:] if line.startswith(b".") else line)
        if self._answer("DOT", "250").startswith("2"):
            self.box.messages.append(Received(self.sender, self.recipient, b"".join(lines)))
        self._reply("DOT", f"250 2.0.0 queued as {len(self.box.messages):04d}")
        if self.box.hang_up_after:
            raise _HangUp

    def _on_rset(self, _line: str) -> None:
        self.has_sender, self.recipient = False, ""
        self._reply("RSET", "250 2.0.0 ok")

    def _on_noop(self, _line: str) -> None:
        self._reply("NOOP", "250 2.0.0 ok")

    def _on_quit(self, _line: str) -> None:
        self._reply("QUIT", "221 2.0.0 bye")
        raise _HangUp

    def _answer(self, moment: str, usual: str) -> str:
        return self.box.say.get(moment, usual)

    def _maybe_leave(self, moment: str) -> None:
        if self.box.hang_up_at == moment:
            raise _HangUp
        if self.box.hang_at == moment:
            self.box._done.wait(30)
            raise _HangUp

    def _reply(self, moment: str, usual: str) -> str:
        self._maybe_leave(moment)
        time.sleep(self.box.delay)
        text = self._answer(moment, usual)
        data = text.encode("latin-1", "replace")
        if not text.endswith("\\torn"):
            data += b"\r\n"
        else:
            data = data.removesuffix(b"\\torn")
        if self.box.drip:
            for byte in data:
                self.socket.sendall(bytes([byte]))
                time.sleep(self.box.drip)
        else:
            self.socket.sendall(data)
        if text.endswith("\\torn"):
            raise _HangUp
        return text

    def _encrypt(self) -> None:
        if self.box.handshake:
            self.socket.recv(4096)
            self.socket.sendall(self.box.handshake)
            self.socket.recv(4096)
            raise _HangUp
        assert self.box.tls is not None
        self.socket = self.box.tls.wrap_socket(self.socket, server_side=True)
        self.encrypted = True

    def _line(self) -> str:
        return self._raw_line().decode("utf-8", "replace").rstrip("\r\n")

    def _raw_line(self) -> bytes:
        while not self.lines:
            received = self.socket.recv(65536)
            if not received:
                return b""
            *whole, self.unread = (self.unread + received).split(b"\n")
            self.lines.extend(line + b"\n" for line in whole)
        return self.lines.popleft()


@contextmanager
def nobody() -> Iterator[int]:
    """Yield a port of 127.0.0.1 on which nobody listens for as long as the block lasts."""
    with socket.socket() as placeholder:
        placeholder.bind(("127.0.0.1", 0))
        yield int(placeholder.getsockname()[1])


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
