"""Forms that wait on the server: until the password is typed, or until somebody is in again.

A form is kept sealed, for a while, for one session and one place: nothing of it is in the page
that asks, and whoever finds its handle has nothing.
"""

import json
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select

from app.accounts import tokens
from app.accounts.models import UserSession
from app.accounts.session_models import KeptForm
from app.core import clock, transaction, vault
from app.core.vault import VaultKeyLost
from app.extensions import db

FOR_THE_PASSWORD = timedelta(minutes=10)
FOR_SIGNING_IN = timedelta(hours=1)
_MOST = 5

Pairs = list[tuple[str, str]]


def keep(session_id: int, place: str, form: Pairs, life: timedelta = FOR_THE_PASSWORD) -> str:
    """Keep a form of a session; return the handle by which it is found again; commit."""
    handle, digest = tokens.new(), tokens.digest(place)
    transaction.begin()
    sealed = vault.seal(json.dumps(form), _purpose(session_id))
    db.session.add(
        KeptForm(
            digest=tokens.digest(handle),
            session_id=session_id,
            place=digest,
            sealed=sealed,
            expires_at=clock.now() + life,
        )
    )
    db.session.flush()
    mine = select(KeptForm.id).where(KeptForm.session_id == session_id)
    old = db.session.scalars(mine.order_by(KeptForm.id.desc()).offset(_MOST)).all()
    _delete(KeptForm.id.in_(old))
    db.session.commit()
    return handle


def take(session_id: int, place: str, handle: str) -> Pairs | None:
    """Give a form back to its session, once; None when it is over or belongs elsewhere; commit."""
    return _take(and_(_is_kept(place, handle), KeptForm.session_id == session_id))


def take_back(user_id: int, place: str, handle: str) -> Pairs | None:
    """Do what `take` does for somebody who is in again, in another session than before."""
    return _take(_is_of(user_id, place, handle))


def is_kept_for(user_id: int, place: str, handle: str) -> bool:
    """Tell whether `take_back` would give something; changes nothing."""
    return db.session.scalar(select(KeptForm.id).where(_is_of(user_id, place, handle))) is not None


def forget_old() -> int:
    """Delete forms for which nobody came back; commit, return how many."""
    transaction.begin()
    gone = _delete(KeptForm.expires_at <= clock.now())
    db.session.commit()
    return gone


def _is_kept(place: str, handle: str) -> ColumnElement[bool]:
    return and_(
        KeptForm.digest == tokens.digest(handle),
        KeptForm.place == tokens.digest(place),
        KeptForm.expires_at > clock.now(),
    )


def _is_of(user_id: int, place: str, handle: str) -> ColumnElement[bool]:
    theirs = select(UserSession.id).where(UserSession.user_id == user_id)
    return and_(_is_kept(place, handle), KeptForm.session_id.in_(theirs))


def _take(which: ColumnElement[bool]) -> Pairs | None:
    transaction.begin()
    row = db.session.scalar(select(KeptForm).where(which))
    found = None
    if row is not None:
        sealed, purpose = row.sealed, _purpose(row.session_id)
        found = _opened(sealed, purpose) if _delete(KeptForm.id == row.id) else None
    db.session.commit()
    return found


def _opened(sealed: str, purpose: str) -> Pairs | None:
    try:
        return [(name, value) for name, value in json.loads(vault.unseal(sealed, purpose))]
    except VaultKeyLost:
        return None


def _purpose(session_id: int) -> str:
    return f"form:{session_id}"


def _delete(condition: ColumnElement[bool]) -> int:
    return transaction.changed(
        delete(KeptForm).where(condition).execution_options(synchronize_session=False)
    )
