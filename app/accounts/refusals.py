"""What strangers do in vain: enough of it in the audit to see an attack, never without end."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from app.accounts import limits
from app.core import audit, clock, transaction
from app.core.audit import Actor, AuditEntry
from app.extensions import db

TOGETHER: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=180)
MOST_ACCOUNTS: Final = 20
_AT_ONCE: Final = 5000
_NETWORK: Final = 48
# What anybody may cause who has proven nothing; what people do stays for good.
_OF_STRANGERS: Final = (
    "registration.address_corrected",
    "registration.requested",
    "registration.resent",
    "session.refused",
    "user.recovery_requested",
)


def note(actor: Actor, account: str) -> None:
    """Write a refused sign-in down, in the caller's transaction.

    Those of one place within an hour are one entry, with how many there were, when the last came
    and at which accounts: whoever tries all day long makes 24 entries of it. `account` is empty
    for a name that nobody has: people type their passwords into the wrong field.
    """
    target, now = f"place:{limits.origin(actor.ip, _NETWORK)}", clock.now()
    newest = select(AuditEntry).where(AuditEntry.target == target).order_by(AuditEntry.id.desc())
    entry = db.session.scalar(newest.limit(1).with_for_update())
    if entry is None or entry.at <= now - TOGETHER:
        details = {"accounts": [account]} if account else {}
        audit.record("session.refused", actor=actor, target=target, details=details)
        return
    again = {"times": entry.details.get("times", 1) + 1, "until": now.isoformat()}
    entry.details = {**again, **_accounts(entry.details, account)}


def forget_old() -> int:
    """Delete what strangers did in vain half a year ago, day by day; commit, return how much."""
    transaction.begin()
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    is_old = AuditEntry.at < today - KEPT
    newest = (AuditEntry.at.desc(), AuditEntry.id.desc())
    last = db.session.scalar(select(AuditEntry.id).where(is_old).order_by(*newest).limit(1))
    old = select(AuditEntry.id).where(
        AuditEntry.actor == "visitor",
        AuditEntry.event.in_(_OF_STRANGERS),
        AuditEntry.id <= (last or 0),
        is_old,
    )
    gone = transaction.changed(
        delete(AuditEntry)
        .where(AuditEntry.id.in_(old.limit(_AT_ONCE)))
        .execution_options(synchronize_session=False)
    )
    if gone:
        audit.record("audit.shortened", actor=audit.SYSTEM, details={"entries": gone})
    db.session.commit()
    return gone


def _accounts(details: Mapping[str, Any], account: str) -> dict[str, list[str]]:
    """Return the accounts that were tried, each once and the first ones only."""
    known = list(details.get("accounts", ()))
    if account and account not in known and len(known) < MOST_ACCOUNTS:
        known.append(account)
    return {"accounts": known} if known else {}
