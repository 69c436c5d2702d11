"""Codes on paper for the day without the phone: shown once, stored as digests, used once each."""

import hashlib
import secrets

from sqlalchemy import delete, func, select

from app.accounts.second_factor.totp import cleaned
from app.accounts.second_factor_models import RecoveryCode
from app.core import transaction
from app.extensions import db

COUNT = 10
FEW = 3
# Without letters and digits that are mistaken for one another: 24 of them are 118 random bits,
# for which a plain digest is enough (OWASP ASVS 6.5.2).
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP_LENGTH = 4, 6


def make(user_id: int) -> tuple[str, ...]:
    """Give somebody new codes in the caller's transaction, instead of those before."""
    forget(user_id)
    codes = tuple(_new() for _ in range(COUNT))
    db.session.add_all(RecoveryCode(user_id=user_id, digest=_digest(code)) for code in codes)
    return codes


def spend(user_id: int, typed: str) -> bool:
    """Use a code up in the caller's transaction; False when somebody has no such code."""
    its = delete(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.digest == _digest(typed)
    )
    return transaction.changed(its.execution_options(synchronize_session=False)) == 1


def left(user_id: int) -> int:
    """Return how many codes somebody still has."""
    count = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id)
    return int(db.session.scalar(count) or 0)


def forget(user_id: int) -> None:
    """Take somebody's codes away, in the caller's transaction."""
    its = delete(RecoveryCode).where(RecoveryCode.user_id == user_id)
    db.session.execute(its.execution_options(synchronize_session=False))


def _new() -> str:
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def _digest(typed: str) -> str:
    return hashlib.sha256(cleaned(typed[:200]).casefold().encode("utf-8", "replace")).hexdigest()
