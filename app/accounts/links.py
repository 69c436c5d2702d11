"""Links about an account that exists: one purpose each, stored as digests, spent once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts import tokens
from app.accounts.account_models import AccountLink, Purpose
from app.core import clock, transaction
from app.extensions import db

LIVES = {
    Purpose.CONFIRM_ADDRESS: timedelta(hours=24),
    Purpose.UNDO_ADDRESS: timedelta(days=7),
    Purpose.KEEP_ACCOUNT: timedelta(days=7),
}
_OF_ONE_MAIL = 2


def issue(purpose: Purpose, about: int, outbox_id: int) -> str:
    """Make the secret of a link for one mail; the oldest of the same mail beyond the cap die."""
    token = tokens.new()
    db.session.add(
        AccountLink(
            digest=tokens.digest(token),
            purpose=purpose,
            about=about,
            outbox_id=outbox_id,
            expires_at=clock.now() + LIVES[purpose],
        )
    )
    db.session.flush()
    of_mail = select(AccountLink.id).where(AccountLink.outbox_id == outbox_id)
    old = of_mail.order_by(AccountLink.id.desc()).offset(_OF_ONE_MAIL)
    _delete(AccountLink.id.in_(db.session.scalars(old).all()))
    return token


def find(purpose: Purpose, token: str) -> AccountLink | None:
    """Return the row of a link that is not spent and whose time is not over."""
    return db.session.scalar(
        select(AccountLink).where(
            AccountLink.digest == tokens.digest(token),
            AccountLink.purpose == purpose,
            AccountLink.expires_at > clock.now(),
        )
    )


def consume(row_id: int) -> bool:
    """Spend a link, in the caller's transaction; False when somebody was faster."""
    return _delete(AccountLink.id == row_id) == 1


def start_life(purpose: Purpose, outbox_id: int, at: datetime) -> None:
    """Let the links of a mail live their full time from the moment a server took it."""
    db.session.execute(
        update(AccountLink)
        .where(AccountLink.outbox_id == outbox_id)
        .values(expires_at=at + LIVES[purpose])
        .execution_options(synchronize_session=False)
    )


def forget(purpose: Purpose, about: int) -> None:
    """Kill every link of one purpose about one thing, in the caller's transaction."""
    _delete((AccountLink.purpose == purpose) & (AccountLink.about == about))


def forget_old() -> int:
    """Delete links whose time is over; commit, return how many."""
    transaction.begin()
    gone = _delete(AccountLink.expires_at < clock.now())
    db.session.commit()
    return gone


def _delete(condition: object) -> int:
    return transaction.changed(
        delete(AccountLink).where(condition).execution_options(synchronize_session=False)  # type: ignore[arg-type]
    )
