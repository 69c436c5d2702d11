"""The tables of the accounts: attempts that wait, people, links and signed-in browsers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, Synonym, mapped_column, synonym

from app.core.addresses import MAX_LENGTH as ADDRESS_LENGTH
from app.core.columns import UtcDateTime
from app.extensions import Base

NAME_LENGTH = 100
DIGEST_LENGTH = 64
AGENT_LENGTH = 200
# Mails and the audit speak of rows by number after they are gone.
_NUMBERS_ARE_NEVER_GIVEN_TWICE = {"sqlite_autoincrement": True}


class UserRole(StrEnum):
    """What somebody may do."""

    USER = "user"
    ADMIN = "admin"


class UserState(StrEnum):
    """Whether somebody may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


class User(Base):
    """Somebody whose address is proven; exists from activation on."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_role", "role", "id"),
        Index("ix_users_state", "state", "id"),
        _NUMBERS_ARE_NEVER_GIVEN_TWICE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    email_key: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default=UserRole.USER)
    state: Mapped[str] = mapped_column(String(16), default=UserState.ACTIVE)
    locale: Mapped[str] = mapped_column(String(8))
    # The name of the zone whose clocks this person lives by; None for that of the site.
    time_zone: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the person asked that their account be deleted: the day on which it goes.
    delete_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def is_admin(self) -> bool:
        """Tell whether this person manages the system."""
        return self.role == UserRole.ADMIN

    @property
    def is_active(self) -> bool:
        """Tell whether this person may sign in."""
        return self.state == UserState.ACTIVE


class PendingRegistration(Base):
    """One attempt to register, with its own name and password; not a user.

    `user_id` is set when the address belonged to somebody already: then nothing can be activated
    and the owner of the address is told, while the visitor sees no difference. An invitation is
    an attempt that an administrator began: it has no password until one is chosen.
    """

    __tablename__ = "pending_registrations"
    __table_args__ = _NUMBERS_ARE_NEVER_GIVEN_TWICE

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    email_key: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    keep_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    handle_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    occasion: Mapped[int] = mapped_column(default=1)
    mail_requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    user_agent: Mapped[str] = mapped_column(String(AGENT_LENGTH), default="", server_default="")


class ActivationToken(Base):
    """One link of one mail of one attempt, good for one address; only its digest is kept."""

    __tablename__ = "activation_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    pending_id: Mapped[int] = mapped_column(
        ForeignKey("pending_registrations.id", ondelete="CASCADE"), index=True
    )
    email_key: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    outbox_id: Mapped[int] = mapped_column(index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    owner_id: Synonym[int] = synonym("pending_id")


class ActivationCode(Base):
    """One code of one mail of one attempt, typed where it was begun; only its digest is kept."""

    __tablename__ = "activation_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    pending_id: Mapped[int] = mapped_column(
        ForeignKey("pending_registrations.id", ondelete="CASCADE"), index=True
    )
    outbox_id: Mapped[int] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    owner_id: Synonym[int] = synonym("pending_id")


class RecoveryToken(Base):
    """One link to a new password, good for one person at one address; only its digest is kept."""

    __tablename__ = "recovery_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email_key: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    outbox_id: Mapped[int] = mapped_column(index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    owner_id: Synonym[int] = synonym("user_id")


class UserSession(Base):
    """One signed-in browser; ends when it rests too long, grows too old or signs out.

    `confirmed_at` is when the password was last typed in it; a remembered browser has not.
    """

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    idle_ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remembered_id: Mapped[int | None] = mapped_column(
        ForeignKey("remembered_browsers.id", ondelete="SET NULL"), index=True
    )
    ip: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(String(AGENT_LENGTH))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
