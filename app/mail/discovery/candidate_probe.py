"""One look at a place where a mail server may be: is it one, how safe, does it want a sign-in.

It speaks as far as the second EHLO. No credentials are known here, so none can be sent. Of what
did not greet as a mail server nothing is told but that it did not: this is no port scanner.
"""

import ssl
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from app.core.errors import PeykError
from app.mail.discovery.candidates import Candidate
from app.mail.discovery.dns_records import named
from app.mail.models import Encryption
from app.mail.smtp import certificates
from app.mail.smtp.session import Endpoint, Limits, Resolver, SmtpSession
from app.mail.smtp.trouble import Cause, ConversationFailed, Trouble
from app.mail.smtp.wire import Deadline

# With the goodbye, which may take two more seconds, a look is over after six.
LIMITS = Limits(resolve=3, connect=4, greeting=4, encrypt=4, command=3, total=4)
_MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
# What OpenSSL says when the chain is good and only the name differs.
_OTHER_NAME = 62


class Outcome(StrEnum):
    """What came of a look."""

    ANSWERED = "answered"
    UNKNOWN_NAME = "unknown_name"
    FORBIDDEN = "forbidden"
    FILTERED = "filtered"
    NO_MAIL_SERVER = "no_mail_server"
    LATE = "late"


class Certificate(StrEnum):
    """What the certificate is worth."""

    NONE = "none"
    MATCHES = "matches"
    OTHER_NAME = "other_name"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen; `encryption` is what is possible there, `names` whom the certificate names."""

    candidate: Candidate
    outcome: Outcome
    encryption: Encryption = Encryption.NONE
    certificate: Certificate = Certificate.NONE
    offers_sign_in: bool = False
    called: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prober:
    """What every look needs: how names become judged addresses, and whom we trust."""

    resolver: Resolver
    ehlo_name: str
    ca_file: Path | None = None
    limits: Limits = LIMITS

    def session(self, candidate: Candidate, encryption: Encryption | None = None) -> SmtpSession:
        """Return a conversation that has not begun, with nobody's name and password."""
        endpoint = Endpoint(
            host=candidate.host,
            port=candidate.port,
            encryption=candidate.encryption if encryption is None else encryption,
            ehlo_name=self.ehlo_name,
            ca_file=self.ca_file,
        )
        return SmtpSession(endpoint, self.resolver, self.limits)

    def look(self, session: SmtpSession, candidate: Candidate) -> Look:
        """Look at one place; whatever goes wrong there is what was seen."""
        try:
            session.resolve()
            session.connect()
            session.greet()
            return _answered(session, candidate)
        except ConversationFailed as error:
            return self._failed(session, candidate, error.trouble)

    def _failed(self, session: SmtpSession, candidate: Candidate, trouble: Trouble) -> Look:
        if trouble.cause is not Cause.CERTIFICATE:
            return Look(candidate, _OUTCOMES.get(trouble.cause, Outcome.NO_MAIL_SERVER))
        seen = Look(
            candidate,
            Outcome.ANSWERED,
            encryption=candidate.encryption,
            certificate=Certificate.UNTRUSTED,
            offers_sign_in="AUTH" in session.extensions,
            called=_called(session),
        )
        if trouble.verify_code != _OTHER_NAME:
            return seen
        names = self._names(candidate)
        return replace(seen, certificate=Certificate.OTHER_NAME, names=names)

    def _names(self, candidate: Candidate) -> tuple[str, ...]:
        """Return whom a good certificate was issued to, when it is not the name we asked for.

        The chain is verified here as everywhere; only the name is let pass, to be read.
        """
        try:
            with self.session(candidate, Encryption.NONE) as session:
                session.resolve()
                session.connect()
                return self._read_names(session, candidate)
        except (PeykError, OSError):
            return ()

    def _read_names(self, session: SmtpSession, candidate: Candidate) -> tuple[str, ...]:
        deadline = Deadline.within(self.limits.total)
        if candidate.encryption is Encryption.STARTTLS:
            session.greet()
            session.wire.command("STARTTLS", deadline, self.limits.command)
        context = _any_name(self.ca_file)
        session.wire.start_tls(context, candidate.host, deadline, self.limits.encrypt)
        shown = certificates.readable(session.wire.certificate)
        names = (named(name) for name in shown.names) if shown else ()
        return tuple(name for name in names if name)


_OUTCOMES = {
    Cause.NAME_NOT_FOUND: Outcome.UNKNOWN_NAME,
    Cause.NAME_TEMPORARY: Outcome.UNKNOWN_NAME,
    Cause.FORBIDDEN: Outcome.FORBIDDEN,
    Cause.FILTERED: Outcome.FILTERED,
}


def _answered(session: SmtpSession, candidate: Candidate) -> Look:
    """Return what a server offers; encryption is used where it is offered."""
    encryption = candidate.encryption
    if encryption is Encryption.STARTTLS and "STARTTLS" not in session.extensions:
        encryption = Encryption.NONE
    else:
        session.encrypt()
    offered = session.extensions.get("AUTH", "").upper().split()
    return Look(
        candidate,
        Outcome.ANSWERED,
        encryption=encryption,
        certificate=Certificate.MATCHES if session.tls else Certificate.NONE,
        offers_sign_in=any(mechanism in offered for mechanism in _MECHANISMS),
        called=_called(session),
    )


def _called(session: SmtpSession) -> str:
    """Return the name by which a server greets, if it is a whole one."""
    if session.greeting is None or session.greeting.code != 220:
        return ""
    return named((session.greeting.text.split() or [""])[0]) or ""


def _any_name(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that demands a good certificate, to whomever it was issued."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
