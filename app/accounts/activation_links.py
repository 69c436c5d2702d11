"""What an activation link leads to: link, attempt and owner of the address, in one question."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, exists, select

from app.accounts import tokens
from app.accounts.models import ActivationToken, PendingRegistration, User
from app.core import addresses, transaction
from app.core.prepared import PreparedQuery

_T, _P, _U = (
    cast(Table, table.__table__).c for table in (ActivationToken, PendingRegistration, User)
)
_FOUND = PreparedQuery(
    select(_T.pending_id, _T.email_key, _T.issued_at, _T.expires_at)
    .add_columns(_P.name, _P.email, _P.created_at, _P.user_agent, _P.handle_digest, _P.invited)
    .add_columns((_P.email_key == _T.email_key).label("is_its_address"))
    .add_columns(exists().where(_U.email_key == _T.email_key).label("has_user"))
    .join_from(ActivationToken.__table__, PendingRegistration.__table__, _P.id == _T.pending_id)
    .where(_T.digest == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked for an account, when, and with what; the address is only hinted at."""

    name: str
    address: str
    asked_at: datetime
    user_agent: str


@dataclass(frozen=True, slots=True)
class Found:
    """A link that is not spent, which may have expired, and the attempt that it belongs to."""

    digest: str = field(repr=False)
    pending_id: int
    email_key: str
    issued_at: datetime
    expires_at: datetime
    name: str
    email: str
    created_at: datetime
    user_agent: str
    handle_digest: str = field(repr=False)
    invited: bool
    is_its_address: bool
    has_user: bool

    @property
    def origin(self) -> Origin:
        """Return who asked for it, as whoever opens the link elsewhere may know it."""
        return Origin(self.name, addresses.masked(self.email), self.created_at, self.user_agent)


def find(token: str) -> Found | None:
    """Return what a link leads to; None when it was spent or never made."""
    digest = tokens.digest(token)
    rows = transaction.ask(_FOUND, {"digest": digest})
    return Found(digest, *rows[0]) if rows else None
