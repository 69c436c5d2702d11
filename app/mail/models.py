"""The tables of the mail service: settings, health, outbox, attempts, workers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.extensions import Base


class Role(StrEnum):
    """Which of the two servers."""

    PRIMARY = "primary"
    SECONDARY = "secondary"

    @property
    def other(self) -> "Role":
        """Return the one of the two that this is not."""
        return Role.SECONDARY if self is Role.PRIMARY else Role.PRIMARY


class Encryption(StrEnum):
    """How the connection is protected; TLS means from the first byte."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"

    @property
    def is_implicit(self) -> bool:
        """Tell whether TLS comes before the first word."""
        return self is Encryption.TLS


class OutboxState(StrEnum):
    """Where a message stands. Held is not a state: it is queued while the switch is off."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


# Ordered byte by byte on every database.
_SEARCHED = String(320).with_variant(String(320, collation="C"), "postgresql")

# Decided, and nobody is busy with them.
OPEN_STATES = (OutboxState.QUEUED, OutboxState.UNKNOWN)


class MailSettings(Base):
    """The one row that says who sends and whether anything is sent at all."""

    __tablename__ = "mail_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_address: Mapped[str] = mapped_column(String(320), default="")
    sender_name: Mapped[str] = mapped_column(String(280), default="")
    smtp_active: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(320), default="")


class SmtpServer(Base):
    """One configured server; `version` grows with every change that matters to delivery."""

    __tablename__ = "smtp_servers"

    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    host: Mapped[str] = mapped_column(String(255), default="")
    port: Mapped[int] = mapped_column(default=587)
    encryption: Mapped[str] = mapped_column(String(16), default=Encryption.STARTTLS)
    requires_auth: Mapped[bool] = mapped_column(default=True)
    username: Mapped[str] = mapped_column(String(320), default="")
    sealed_password: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=False)
    sender_address: Mapped[str] = mapped_column(String(320), default="")
    max_connections: Mapped[int] = mapped_column(default=4, server_default="4")
    messages_per_minute: Mapped[int] = mapped_column(default=0, server_default="0")
    # Whom to believe: the name expected in the certificate, or exactly one certificate.
    certificate_name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    trusted_certificate: Mapped[str] = mapped_column(String(95), default="", server_default="")
    # What it offered when it last worked, and where that was (host, port, encryption).
    offered_at: Mapped[str] = mapped_column(String(300), default="", server_default="")
    offered_starttls: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    offered_mechanisms: Mapped[str] = mapped_column(String(400), default="", server_default="")
    offered_certificate: Mapped[str] = mapped_column(String(95), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)
    tested_version: Mapped[int | None]
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    test_passed: Mapped[bool | None]
    test_stage: Mapped[str] = mapped_column(String(16), default="")
    test_code: Mapped[str] = mapped_column(String(40), default="")
    # What was tested, and what last passed: fingerprints of everything that decides delivery.
    tested_as: Mapped[str] = mapped_column(String(64), default="", server_default="")
    passed_as: Mapped[str] = mapped_column(String(64), default="", server_default="")


class ServerTrial(Base):
    """How the last test of a server ended as it stood in the form, confirmed or not."""

    __tablename__ = "server_trials"

    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    # The fingerprint of everything that decides delivery.
    tried_as: Mapped[str] = mapped_column(String(100))
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    passed: Mapped[bool]
    stage: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(40))


class ServerHealth(Base):
    """The circuit breaker of one server and what is known of its health; shared by all workers."""

    __tablename__ = "server_health"

    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    failures: Mapped[float] = mapped_column(default=0.0)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    times_opened: Mapped[int] = mapped_column(default=0)
    probe_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_failure_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_failure_stage: Mapped[str] = mapped_column(String(16), default="")
    last_failure_code: Mapped[str] = mapped_column(String(40), default="")
    last_failure_reply: Mapped[str] = mapped_column(Text, default="")


class ServerSlot(Base):
    """One of the connections that a server may have at once; whoever has it has a lease."""

    __tablename__ = "server_slots"

    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


def _without_capitals(context: DefaultExecutionContext) -> str:
    """Return what is searched of the recipient of a row that is just being written."""
    values: dict[str, object] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return str(values["recipient"]).lower()


class OutboxMessage(Base):
    """A mail that is decided; its words are made when it is sent, none rest here."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_due", "state", "due_at", "id"),
        Index("ix_outbox_messages_about", "kind", "about"),
        Index("ix_outbox_messages_finished", "state", "finished_at"),
        # The log: whatever is asked for, newest first, without looking at anything else.
        Index("ix_outbox_messages_log", "state", "kind", "last_server", "id"),
        Index("ix_outbox_messages_of_recipient", "recipient_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(320))
    # For people who search: without capitals, in an order in which a beginning is a range.
    recipient_key: Mapped[str] = mapped_column(
        _SEARCHED, default=_without_capitals, server_default=""
    )
    locale: Mapped[str] = mapped_column(String(8))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=OutboxState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner: Mapped[str | None] = mapped_column(String(80), index=True)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claims: Mapped[int] = mapped_column(default=0)
    rounds: Mapped[int] = mapped_column(default=0)
    sent_by: Mapped[str | None] = mapped_column(String(16))
    last_server: Mapped[str | None] = mapped_column(String(16))
    unknown_server: Mapped[str | None] = mapped_column(String(16))
    may_be_duplicate: Mapped[bool] = mapped_column(default=False)
    next_server: Mapped[str | None] = mapped_column(String(16))
    last_outcome: Mapped[str] = mapped_column(String(24), default="")

    @property
    def occasion(self) -> str:
        """Return on which occasion this kind of mail about this thing was asked for."""
        return self.dedupe_key.rpartition(":")[2]


class UnknownReply(Base):
    """An answer that no rule knows, with everything personal folded away, and how often it came."""

    __tablename__ = "unknown_replies"
    __table_args__ = (Index("ux_unknown_replies", "stage", "code", "text", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String(16))
    code: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(default=1)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeliveryAttempt(Base):
    """One server asked once about one message, and what it said."""

    __tablename__ = "delivery_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_messages.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    server: Mapped[str] = mapped_column(String(16))
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int] = mapped_column(default=0, server_default="0")
    stage: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(24))
    code: Mapped[int | None]
    enhanced: Mapped[str] = mapped_column(String(12), default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    # The code of the diagnosis, as it was when everything about the failure was known.
    cause: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # What fills the holes of its sentences, as it was then.
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    duration_ms: Mapped[int] = mapped_column(default=0)
    tls: Mapped[str] = mapped_column(String(80), default="")
    # Whose certificate, by whom, until when: parted by "|".
    certificate: Mapped[str] = mapped_column(String(160), default="", server_default="")
    may_be_duplicate: Mapped[bool] = mapped_column(default=False)
    # What became of the message by it; empty while the other server was still to be asked.
    fate: Mapped[str] = mapped_column(String(8), default="", server_default="")


class OutboxDeed(Base):
    """What somebody decided about one message; `other_id` is its copy, or what it is a copy of."""

    __tablename__ = "outbox_deeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_messages.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    deed: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(320))
    other_id: Mapped[int | None]


class MailQuarter(Base):
    """What became of mail in a quarter of an hour: counted once, when that time had passed."""

    __tablename__ = "mail_quarters"

    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    by_primary: Mapped[int] = mapped_column(default=0)
    by_secondary: Mapped[int] = mapped_column(default=0)
    deferred: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class WorkerHeartbeat(Base):
    """The sign of life of one worker process."""

    __tablename__ = "worker_heartbeats"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class MailAlert(Base):
    """Something that administrators must know, from when it began until it was over."""

    __tablename__ = "mail_alerts"
    __table_args__ = (
        # One open alert for each thing, whoever notices it first.
        Index(
            "ux_mail_alerts_open",
            "condition",
            "server",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    condition: Mapped[str] = mapped_column(String(24))
    server: Mapped[str] = mapped_column(String(16), default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    last_stage: Mapped[str] = mapped_column(String(16), default="")
    last_cause: Mapped[str] = mapped_column(String(40), default="")
    last_words: Mapped[str] = mapped_column(Text, default="")


class AlertNotice(Base):
    """News of an alert for the webhook, kept until the receiver has said yes."""

    __tablename__ = "alert_notices"
    __table_args__ = (Index("ix_alert_notices_due", "state", "due_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(
        ForeignKey("mail_alerts.id", ondelete="CASCADE"), index=True
    )
    event: Mapped[str] = mapped_column(String(16))
    delivery_id: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)


class AlertReview(Base):
    """The one row that lets only one process at a time open and close alerts."""

    __tablename__ = "alert_reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AttemptTotal(Base):
    """How many attempts took how long; it counts on when the attempts themselves are gone."""

    __tablename__ = "attempt_totals"

    server: Mapped[str] = mapped_column(String(16), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(24), primary_key=True)
    at_most_ms: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)
    total_ms: Mapped[int] = mapped_column(BigInteger)
