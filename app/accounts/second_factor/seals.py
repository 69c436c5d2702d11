"""A new SECRET_KEY: the secrets of all apps are sealed with it, so that the old key may go."""

from dataclasses import dataclass

from sqlalchemy import select, update

from app.accounts.second_factor.codes import purpose
from app.accounts.second_factor_models import SecondFactor
from app.core import transaction, vault
from app.extensions import db


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many secrets were sealed anew, and how many no key opens any more."""

    anew: int
    unreadable: int


def seal_anew() -> Sealed:
    """Seal with the first key what was sealed with an older one; commit.

    A secret that no key opens stays as it is: its key may come back.
    """
    transaction.begin()
    is_old = ~SecondFactor.sealed_secret.startswith(vault.mark(), autoescape=True)
    columns = select(SecondFactor.user_id, SecondFactor.sealed_secret).where(is_old)
    old = db.session.execute(columns.with_for_update()).all()
    anew = sum(_renew(user_id, sealed) for user_id, sealed in old)
    db.session.commit()
    return Sealed(anew, len(old) - anew)


def _renew(user_id: int, sealed: str) -> int:
    fresh = vault.renewed(sealed, purpose(user_id))
    if fresh == sealed:
        return 0
    its = update(SecondFactor).where(SecondFactor.user_id == user_id)
    return transaction.changed(its.values(sealed_secret=fresh))
