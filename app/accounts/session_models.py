"""The tables behind sign-in: browsers that are known, remembered, watched; forms that wait."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import DIGEST_LENGTH
from app.core.addresses import MAX_LENGTH as ADDRESS_LENGTH
from app.core.columns import UtcDateTime
from app.extensions import Base


class KnownBrowser(Base):
    """A browser in which somebody has signed in before: tries from it are counted apart."""

    __tablename__ = "known_browsers"
    __table_args__ = (UniqueConstraint("digest", "user_id", name="uq_known_browsers_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RememberedBrowser(Base):
    """A browser that may open a session by itself; its secret is another one after each use."""

    __tablename__ = "remembered_browsers"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    previous_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ip: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(String(200))


class StrangerTries(Base):
    """How often in a row strangers failed at one account, and until when they have to wait."""

    __tablename__ = "stranger_tries"

    account: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), primary_key=True)
    failures: Mapped[int]
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    open_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KeptForm(Base):
    """A form that waits, sealed, until its sender has typed the password once more."""

    __tablename__ = "kept_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("user_sessions.id", ondelete="CASCADE"), index=True
    )
    place: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    sealed: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
