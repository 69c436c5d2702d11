"""Checking a code of the second step: counted before it is looked at, good once, then spent."""

import logging
from enum import StrEnum

from sqlalchemy import update

from app.accounts import limits, users
from app.accounts.models import User
from app.accounts.second_factor import recovery_codes, totp
from app.accounts.second_factor_models import SecondFactor
from app.core import audit, clock, transaction, vault
from app.core.audit import Actor
from app.core.errors import Refused
from app.core.vault import VaultKeyLost
from app.extensions import db

logger = logging.getLogger("peyk.accounts")

CODE_USED = "recovery_code_used"


class CodeRefused(Refused):
    """The code is wrong, too old, or was used already; nobody is told which."""


class Means(StrEnum):
    """What somebody proved the second step with."""

    APP = "app"
    RECOVERY_CODE = "recovery_code"


def count(user_id: int, typed: str, ip: str) -> tuple[limits.Counted, ...]:
    """Count a try before any work; raise `TooOften`. Returns what may be given back.

    Codes of the app are short, so they are counted for the person, whoever tries. Recovery codes
    cannot be guessed: whoever uses up the tries of the app shuts nobody out.
    """
    if totp.is_shaped(typed):
        counted = tuple((limit, str(user_id)) for limit in limits.CODES_PER_USER)
    else:
        counted = ((limits.RECOVERY_CODES_PER_IP, limits.origin(ip)),)
    limits.spend(*counted)
    return counted


def spend(user: User, typed: str, actor: Actor) -> Means:
    """Use the code up in the caller's transaction; raise `CodeRefused`, with nothing changed.

    A recovery code that was used is written down, and a mail tells its owner.
    """
    if totp.is_shaped(typed):
        if _spend_of_app(user.id, typed):
            return Means.APP
    elif recovery_codes.spend(user.id, typed):
        users.notify(user, CODE_USED)
        target = f"user:{user.id}"
        audit.record("second_factor.recovery_code_used", actor=actor, target=target)
        return Means.RECOVERY_CODE
    db.session.rollback()
    raise CodeRefused("code")


def purpose(user_id: int) -> str:
    """Return what binds the secret of an app to its person in the vault."""
    return f"second_factor:{user_id}"


def _spend_of_app(user_id: int, typed: str) -> bool:
    """Use up the half minute of the code: of two at once, one succeeds."""
    factor = db.session.get(SecondFactor, user_id, populate_existing=True)
    if factor is None:
        return False
    try:
        secret = vault.unseal(factor.sealed_secret, purpose(user_id))
    except VaultKeyLost:
        fields = {"user": user_id}
        logger.warning("the secret of a second step cannot be read", extra={"fields": fields})
        return False
    step = totp.matching_step(secret, typed, clock.now(), after=factor.last_step)
    if step is None:
        return False
    later = update(SecondFactor).where(
        SecondFactor.user_id == user_id, SecondFactor.last_step < step
    )
    return transaction.changed(later.values(last_step=step)) == 1
