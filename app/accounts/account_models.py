"""The tables of changes to an account that wait for a button behind a link."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import DIGEST_LENGTH
from app.core.addresses import MAX_LENGTH as ADDRESS_LENGTH
from app.core.columns import UtcDateTime
from app.extensions import Base


class Purpose(StrEnum):
    """What the button behind a link does."""

    CONFIRM_ADDRESS = "confirm_address"
    UNDO_ADDRESS = "undo_address"
    KEEP_ACCOUNT = "keep_account"


class AddressChange(Base):
    """Somebody wants another address: it counts when the new one has confirmed it.

    Until `keep_until` the owner of the old one may take everything back.
    """

    __tablename__ = "address_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    email_key: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    old_email: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    old_email_key: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    keep_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AccountLink(Base):
    """One link of one mail about an account, for one purpose; only its digest is kept.

    `about` is the number of the address change, or of the person when the account is to stay.
    """

    __tablename__ = "account_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    purpose: Mapped[str] = mapped_column(String(24))
    about: Mapped[int] = mapped_column(index=True)
    outbox_id: Mapped[int] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
