"""The tables of the second step of signing in."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import DIGEST_LENGTH
from app.core.columns import UtcDateTime
from app.extensions import Base

_SEALED_LENGTH = 255


class SecondFactor(Base):
    """The app that somebody signs in with: its secret, sealed, and the last half minute used."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed_secret: Mapped[str] = mapped_column(String(_SEALED_LENGTH))
    last_step: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Enrolment(Base):
    """A secret that was shown to somebody and counts for nothing until a code confirms it."""

    __tablename__ = "second_factor_enrolments"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed_secret: Mapped[str] = mapped_column(String(_SEALED_LENGTH))
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RecoveryCode(Base):
    """One code for the day without the app; a used one is deleted, only the digest is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)


class HalfSignIn(Base):
    """A browser whose password was right and whose code is awaited; only the digest is kept."""

    __tablename__ = "half_sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    remember: Mapped[bool] = mapped_column(default=False)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
