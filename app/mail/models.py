"""The tables of the mail service: settings, health, outbox, attempts, workers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.extensions import Base


class Role(StrEnum):
    """Which of the two servers."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Encryption(StrEnum):
    """How the connection is protected; TLS means from the first byte."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class OutboxState(StrEnum):
    """Where a message stands. Held is not a state: it is queued while the switch is off."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


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
    version: Mapped[int] = mapped_column(default=1)
    tested_version: Mapped[int | None]
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    test_passed: Mapped[bool | None]
    test_stage: Mapped[str] = mapped_column(String(16), default="")
    test_code: Mapped[str] = mapped_column(String(40), default="")


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


class OutboxMessage(Base):
    """A mail that is decided; its words are made when it is sent, none rest here."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_due", "state", "due_at", "id"),
        Index("ix_outbox_messages_about", "kind", "about"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(320), index=True)
    locale: Mapped[str] = mapped_column(String(8))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=OutboxState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner: Mapped[str | None] = mapped_column(String(80), index=True)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claims: Mapped[int] = mapped_column(default=0)
    rounds: Mapped[int] = mapped_column(default=0)
    sent_by: Mapped[str | None] = mapped_column(String(16))
    unknown_server: Mapped[str | None] = mapped_column(String(16))
    may_be_duplicate: Mapped[bool] = mapped_column(default=False)
    next_server: Mapped[str | None] = mapped_column(String(16))
    last_outcome: Mapped[str] = mapped_column(String(24), default="")


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
    stage: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(24))
    code: Mapped[int | None]
    enhanced: Mapped[str] = mapped_column(String(12), default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    duration_ms: Mapped[int] = mapped_column(default=0)
    tls: Mapped[str] = mapped_column(String(80), default="")
    may_be_duplicate: Mapped[bool] = mapped_column(default=False)


class WorkerHeartbeat(Base):
    """The sign of life of one worker process."""

    __tablename__ = "worker_heartbeats"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
