"""Another address that somebody wants and that has not been confirmed yet."""

from sqlalchemy import select

from app.accounts import links
from app.accounts.account_models import AddressChange, Purpose
from app.core import clock
from app.extensions import db
from app.mail.outbox import outbox

ADDRESS_CONFIRMATION = "address_confirmation"


def find(user_id: int) -> AddressChange | None:
    """Return the change of somebody that waits for its new address."""
    return db.session.scalar(
        select(AddressChange)
        .where(
            AddressChange.user_id == user_id,
            AddressChange.confirmed_at.is_(None),
            AddressChange.ended_at.is_(None),
            AddressChange.keep_until > clock.now(),
        )
        .order_by(AddressChange.id.desc())
        .limit(1)
    )


def end(user_id: int) -> bool:
    """End the change that waits, in the caller's transaction; False when there is none.

    Its link dies, and its mail is not sent if it has not left yet.
    """
    waiting = find(user_id)
    if waiting is None:
        return False
    waiting.ended_at = clock.now()
    links.forget(Purpose.CONFIRM_ADDRESS, waiting.id)
    outbox.cancel_about([ADDRESS_CONFIRMATION], [user_id])
    return True
