"""One SMTP conversation: each stage is a method, and a failure knows its stage.

The connection test calls the stages one by one and reports each; delivery calls `open` and
`send`. It is the same code, so what the test proves is what delivery does. This is the way in, as
far as the sign-in; how mail is handed over then stands in `posting`.
"""

import socket
import time
from collections.abc import Callable, Sequence

from app.mail.models import Encryption
from app.mail.smtp import certificates, mechanisms, offers, tls
from app.mail.smtp.destinations import Address
from app.mail.smtp.endpoint import Endpoint, Limits
from app.mail.smtp.findings import Certificate
from app.mail.smtp.network import connected
from app.mail.smtp.offers import Offer
from app.mail.smtp.posting import Posting
from app.mail.smtp.trouble import Cause, ConversationFailed, Stage, Trouble
from app.mail.smtp.wire import Garbled, Reply, Wire, extensions

__all__ = ["Endpoint", "Limits", "Resolver", "SmtpSession"]

Resolver = Callable[[str, int], Sequence[Address]]
Connector = Callable[[Address, float], socket.socket]
# How a server answers that does not know EHLO, or is none for mail at all.
_UNKNOWN_COMMAND = (500, 502, 530)


class SmtpSession(Posting):
    """A conversation with one server. Not for several threads at once."""

    def __init__(
        self,
        endpoint: Endpoint,
        resolver: Resolver,
        limits: Limits | None = None,
        connector: Connector = connected,
    ) -> None:
        super().__init__(endpoint, limits)
        self.addresses: Sequence[Address] = ()
        self.connected_to: Address | None = None
        self.greeting: Reply | None = None
        self.mechanism = ""
        self.tls: tls.TlsFacts | None = None
        # What the server showed in the last handshake, believed or not.
        self.certificate: Certificate | None = None
        self.handshake_seconds = 0.0
        self.passed_over: list[Address] = []
        self.knows_only_helo = False
        self.spoke_from = ""
        self._offers_starttls = False
        self._resolver = resolver
        self._connector = connector

    @property
    def offer(self) -> Offer:
        """Return what this server offers, to be compared with another time."""
        return Offer(
            place=self.endpoint.place,
            starttls=self._offers_starttls,
            mechanisms=offers.mechanisms_of(self.extensions.get("AUTH", "")),
            certificate=self.tls.sha256 if self.tls else "",
        )

    def open(self) -> None:
        """Resolve, connect, greet, encrypt and sign in."""
        for stage in (self.resolve, self.connect, self.greet, self.encrypt, self.sign_in):
            stage()

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
            greeting = self.wire.reply(self._deadline, self.limits.greeting)
            if greeting.code < 400 and greeting.code != 220:
                raise Garbled("no greeting of a mail server")
            self.greeting = greeting
            self._expect(Stage.GREETING, greeting, 220)
            self._introduce(Stage.GREETING)
            self._offers_starttls = "STARTTLS" in self.extensions
        return greeting

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
            self.mechanism = self._chosen_mechanism(self.extensions["AUTH"])
            credentials = self.endpoint.username, self.endpoint.password
            self.wire.hide(*mechanisms.secrets(*credentials))
            reply = mechanisms.authenticate(self.mechanism, *credentials, self._command)
            self._expect(Stage.SIGN_IN, reply, 235)
        return reply

    def _chosen_mechanism(self, offered: str) -> str:
        """Choose how to sign in; never one that shows a password which was not shown before."""
        chosen = mechanisms.chosen(offered, is_encrypted=self.tls is not None)
        before = self.endpoint.offered
        if self.tls is None and before is not None and before.is_weakened_by(chosen):
            raise ConversationFailed(Trouble(Stage.SIGN_IN, Cause.WEAKENED, detail=offered))
        return chosen

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
        """Agree on TLS: with a certificate that is verified, or with exactly the trusted one.

        The name that is expected in the certificate is also the one that the server is asked for
        (SNI): so a server of many names shows the certificate that is expected of it.
        """
        endpoint = self.endpoint
        pin = endpoint.trusted_certificate
        context = tls.unverified_context() if pin else tls.context(endpoint.ca_file)
        started = time.monotonic()
        try:
            encrypted = self.wire.start_tls(
                context, endpoint.expected_name, self._deadline, self.limits.encrypt
            )
        finally:
            self.handshake_seconds = time.monotonic() - started
            self.certificate = certificates.readable(self.wire.certificate)
        if pin:
            tls.demand(encrypted, pin)
        self.tls = tls.facts(encrypted, self.certificate)
        self.extensions = {}

    def _introduce(self, stage: Stage) -> None:
        reply = self._command(f"EHLO {self.endpoint.ehlo_name}")
        if reply.code in (500, 501, 502, 504) and self.endpoint.encryption is Encryption.NONE:
            reply = self._command(f"HELO {self.endpoint.ehlo_name}")
            self.knows_only_helo = reply.is_positive
        self._refuse_strangers(reply)
        self._expect(stage, reply, 250)
        self.extensions = extensions(reply)

    def _refuse_strangers(self, reply: Reply) -> None:
        """Tell servers for files and news from those for mail: they greet alike."""
        greeting = self.greeting
        if reply.code in _UNKNOWN_COMMAND and greeting and "SMTP" not in greeting.text.upper():
            self.greeting = None
            raise Garbled("it knows no EHLO")
