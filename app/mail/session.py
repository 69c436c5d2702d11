"""One SMTP conversation: each stage is a method, and a failure knows its stage.

The connection test calls the stages one by one and reports each; delivery calls `open` and
`send`. It is the same code, so what the test proves is what delivery does.
"""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from app.core.errors import PeykError
from app.mail import mechanisms, tls, trouble
from app.mail.destinations import Address
from app.mail.models import Encryption
from app.mail.network import connected
from app.mail.trouble import Cause, ConversationFailed, Stage, Trouble
from app.mail.wire import Deadline, Reply, Wire, dot_stuffed, extensions

_GOODBYE = 2.0
# What the three replies to an envelope sent at once have to be.
_ENVELOPE = {
    Stage.SENDER: (250, 251, 252),
    Stage.RECIPIENT: (250, 251, 252),
    Stage.MESSAGE: (354,),
}
Resolver = Callable[[str, int], Sequence[Address]]
Connector = Callable[[Address, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each stage may take, and all of them together, in seconds.

    RFC 5321 (4.5.3.2) wants minutes for some of them; people and other messages wait, so only the
    reply to the final dot gets ten minutes, because giving up there leaves the outcome unknown.
    """

    resolve: float = 15.0
    connect: float = 15.0
    greeting: float = 30.0
    encrypt: float = 20.0
    command: float = 30.0
    dot: float = 600.0
    total: float = 120.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect and how to sign in."""

    host: str
    port: int
    encryption: Encryption
    ehlo_name: str
    username: str = ""
    password: str = field(default="", repr=False)
    requires_auth: bool = False
    ca_file: Path | None = None


class SmtpSession:
    """A conversation with one server. Not for several threads at once."""

    def __init__(
        self,
        endpoint: Endpoint,
        resolver: Resolver,
        limits: Limits | None = None,
        connector: Connector = connected,
    ) -> None:
        self.endpoint = endpoint
        self.limits = limits or Limits()
        self.transcript: list[str] = []
        self.addresses: Sequence[Address] = ()
        self.connected_to: Address | None = None
        self.greeting: Reply | None = None
        self.extensions: dict[str, str] = {}
        self.mechanism = ""
        self.tls: tls.TlsFacts | None = None
        self.handshake_seconds = 0.0
        self.passed_over: list[Address] = []
        self.knows_only_helo = False
        self.spoke_from = ""
        self._resolver = resolver
        self._connector = connector
        self._wire: Wire | None = None
        self._is_broken = False
        self._deadline = Deadline.within(self.limits.total)

    @property
    def wire(self) -> Wire:
        """Return the wire of a connected session."""
        if self._wire is None:
            raise RuntimeError("the session is not connected")
        return self._wire

    def open(self) -> None:
        """Resolve, connect, greet, encrypt and sign in."""
        for stage in (self.resolve, self.connect, self.greet, self.encrypt, self.sign_in):
            stage()

    def send(self, sender: str, recipient: str, data: bytes) -> Reply:
        """Hand over one message to one recipient; return the reply that accepted it.

        A session may send many, one after the other; each has the whole deadline.
        """
        self._deadline = Deadline.within(self.limits.total)
        if "PIPELINING" in self.extensions:
            self._envelope_at_once(sender, recipient, len(data))
            return self._hand_over(data)
        self.sender(sender, len(data))
        self.recipient(recipient)
        return self.message(data)

    def recover(self) -> bool:
        """Bring the session back to where a message may begin; False when it is of no use any more.

        After any refusal the server may still hold half an envelope, so it is told to forget it.
        """
        if self._is_broken or self._wire is None:
            return False
        try:
            return self.wire.command("RSET", Deadline.within(_GOODBYE), _GOODBYE).code == 250
        except (OSError, PeykError):
            self._is_broken = True
            return False

    def is_alive(self) -> bool:
        """Ask a session that has rested whether the server is still there."""
        if self._is_broken or self._wire is None:
            return False
        try:
            return self.wire.command("NOOP", Deadline.within(_GOODBYE), _GOODBYE).is_positive
        except (OSError, PeykError):
            self._is_broken = True
            return False

    def resolve(self) -> Sequence[Address]:
        """Find the addresses of the server's name; each was judged by the operator's policy."""
        with self._stage(Stage.RESOLVE):
            self.addresses = self._resolver(self.endpoint.host, self.endpoint.port)
        return self.addresses

    def connect(self) -> Address:
        """Connect to the first address that answers: a broken IPv6 must not cost the mail."""
        with self._stage(Stage.CONNECT):
            connection, self.connected_to = self._first_connection()
            self.spoke_from = str(connection.getsockname()[0])
            self._wire = Wire(connection, self.transcript)
            if self.endpoint.encryption is not Encryption.TLS:
                return self.connected_to
        with self._stage(Stage.ENCRYPT):
            self._handshake()
        return self.connected_to

    def greet(self) -> Reply:
        """Read the greeting and introduce ourselves."""
        with self._stage(Stage.GREETING):
            self.greeting = self.wire.reply(self._deadline, self.limits.greeting)
            self._expect(Stage.GREETING, self.greeting, 220)
            self._introduce(Stage.GREETING)
        return self.greeting

    def encrypt(self) -> tls.TlsFacts | None:
        """Switch to TLS when STARTTLS is wanted; without it nothing more is said (no downgrade)."""
        if self.endpoint.encryption is not Encryption.STARTTLS:
            return self.tls
        with self._stage(Stage.ENCRYPT):
            if "STARTTLS" not in self.extensions:
                raise ConversationFailed(Trouble(Stage.ENCRYPT, Cause.STARTTLS_MISSING))
            self._expect(Stage.ENCRYPT, self._command("STARTTLS"), 220)
            self._handshake()
            self._introduce(Stage.ENCRYPT)
        return self.tls

    def sign_in(self) -> Reply | None:
        """Sign in once, with one mechanism: a second wrong try may lock the mailbox."""
        if not self.endpoint.requires_auth:
            return None
        with self._stage(Stage.SIGN_IN):
            if not self.endpoint.password:
                raise ConversationFailed(Trouble(Stage.SIGN_IN, Cause.NO_PASSWORD))
            if "AUTH" not in self.extensions:
                raise ConversationFailed(Trouble(Stage.SIGN_IN, Cause.AUTH_MISSING))
            offered = self.extensions["AUTH"]
            self.mechanism = mechanisms.chosen(offered, is_encrypted=self.tls is not None)
            credentials = self.endpoint.username, self.endpoint.password
            reply = mechanisms.authenticate(self.mechanism, *credentials, self._command)
            self._expect(Stage.SIGN_IN, reply, 235)
        return reply

    def sender(self, address: str, size: int = 0) -> Reply:
        """Say who sends (MAIL FROM), and how much where the server wants to know."""
        with self._stage(Stage.SENDER):
            reply = self._command(self._mail_from(address, size))
            return self._expect_yes(Stage.SENDER, reply)

    def recipient(self, address: str) -> Reply:
        """Say to whom (RCPT TO); 251 and 252 are acceptance too."""
        with self._stage(Stage.RECIPIENT):
            reply = self._command(f"RCPT TO:<{address}>")
            return self._expect_yes(Stage.RECIPIENT, reply)

    def message(self, data: bytes) -> Reply:
        """Hand over the message (DATA) and return the reply to its final dot."""
        with self._stage(Stage.MESSAGE):
            self._expect(Stage.MESSAGE, self._command("DATA"), 354)
        return self._hand_over(data)

    def _envelope_at_once(self, sender: str, recipient: str, size: int) -> None:
        """Send MAIL, RCPT and DATA in one write and read the three replies (RFC 2920).

        The body waits for all three: a body and the next envelope in one write would save one
        more round trip, but stalls 40 ms a message at Postfix, which answers in two segments.
        """
        with self._stage(Stage.SENDER):
            lines = [self._mail_from(sender, size), f"RCPT TO:<{recipient}>", "DATA"]
            for line in lines:
                self.wire.note(f"C: {line}")
            block = "".join(f"{line}\r\n" for line in lines).encode("utf-8")
            self.wire.write(block, self._deadline, self.limits.command)
        failure: ConversationFailed | None = None
        for stage, codes in _ENVELOPE.items():
            try:
                self._expect(stage, self._next_reply(stage), *codes)
            except ConversationFailed as error:
                failure = failure or error
                if self._is_broken:
                    break
            else:
                # After a refusal a server that waits for a body can only be left.
                self._is_broken = failure is not None and stage is Stage.MESSAGE
        if failure:
            raise failure

    def _next_reply(self, stage: Stage) -> Reply:
        with self._stage(stage):
            return self.wire.reply(self._deadline, self.limits.command)

    def _hand_over(self, data: bytes) -> Reply:
        """Write the body and, in a write of its own, the final dot; return the reply to it.

        So it is known exactly whether the server could have taken the message when the
        connection breaks: before the dot it cannot have; after it, nobody knows (RFC 1047).
        """
        with self._stage(Stage.MESSAGE):
            self.wire.note(f"C: … {len(data)} bytes …")
            self.wire.write(dot_stuffed(data), self._deadline, self.limits.total)
            self.wire.write(b".\r\n", self._deadline, self.limits.command)
        self.wire.note("C: .")
        with self._stage(Stage.MESSAGE, after_dot=True):
            patience = self._patience_after_dot()
            reply = self.wire.reply(patience, self.limits.dot)
        if reply.code // 100 == 3:
            raise ConversationFailed(Trouble(Stage.MESSAGE, Cause.REPLY, reply, after_dot=True))
        return self._expect_yes(Stage.MESSAGE, reply)

    def _mail_from(self, address: str, size: int) -> str:
        limit = self.extensions.get("SIZE", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            raise ConversationFailed(Trouble(Stage.SENDER, Cause.TOO_LARGE, detail=limit))
        parameter = f" SIZE={size}" if size and "SIZE" in self.extensions else ""
        return f"MAIL FROM:<{address}>{parameter}"

    def close(self) -> None:
        """Say goodbye, unless the line is dead, and hang up; no message depends on it any more."""
        if self._wire is None:
            return
        with suppress(OSError, PeykError):
            if not self._is_broken:
                self._wire.command("QUIT", Deadline.within(_GOODBYE), _GOODBYE)
        self._wire.close()
        self._wire = None

    def hang_up(self) -> None:
        """End the conversation from another thread: whoever waits for the server waits no more."""
        self._is_broken = True
        if self._wire is not None:
            self._wire.hang_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _patience_after_dot(self) -> Deadline:
        """A test ends in time whatever happens; delivery waits for the answer to the dot."""
        bounded = self.limits.dot <= self.limits.total
        return self._deadline if bounded else Deadline.within(self.limits.dot)

    def _first_connection(self) -> tuple[socket.socket, Address]:
        share = max(self.limits.connect / max(len(self.addresses), 1), 4.0)
        failure: OSError = OSError("the name has no address")
        for address in self.addresses:
            try:
                return self._connector(address, self._deadline.allows(share)), address
            except OSError as error:
                failure = error
                self.passed_over.append(address)
        raise failure

    def _handshake(self) -> None:
        context = tls.context(self.endpoint.ca_file)
        started = time.monotonic()
        try:
            encrypted = self.wire.start_tls(
                context, self.endpoint.host, self._deadline, self.limits.encrypt
            )
        finally:
            self.handshake_seconds = time.monotonic() - started
        self.tls = tls.facts(encrypted)
        self.extensions = {}

    def _introduce(self, stage: Stage) -> None:
        reply = self._command(f"EHLO {self.endpoint.ehlo_name}")
        if reply.code in (500, 501, 502, 504) and self.endpoint.encryption is Encryption.NONE:
            reply = self._command(f"HELO {self.endpoint.ehlo_name}")
            self.knows_only_helo = reply.is_positive
        self._expect(stage, reply, 250)
        self.extensions = extensions(reply)

    def _command(self, line: str, shown: str = "") -> Reply:
        return self.wire.command(line, self._deadline, self.limits.command, shown)

    def _expect_yes(self, stage: Stage, reply: Reply) -> Reply:
        if not reply.is_positive:
            raise ConversationFailed(Trouble(stage, Cause.REPLY, reply))
        return reply

    def _expect(self, stage: Stage, reply: Reply, *codes: int) -> Reply:
        if reply.code not in codes:
            raise ConversationFailed(Trouble(stage, Cause.REPLY, reply))
        return reply

    @contextmanager
    def _stage(self, stage: Stage, *, after_dot: bool = False) -> Iterator[None]:
        """Turn whatever goes wrong inside into a failure that knows its stage."""
        try:
            yield
        except ConversationFailed:
            raise
        except (OSError, PeykError, ValueError) as error:
            self._is_broken = True
            raise ConversationFailed(trouble.of(stage, error, after_dot=after_dot)) from error
