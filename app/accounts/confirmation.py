"""«It is still you»: the password once more before dangerous deeds, and the form that waits for it.

A form is kept on the server, sealed, for ten minutes, for one session and one place: nothing of it
is in the page that asks for the password.
"""

import json
from datetime import timedelta

from sqlalchemy import delete, select

from app.accounts import limits, passwords, sessions, tokens
from app.accounts.models import User
from app.accounts.session_models import KeptForm
from app.core import audit, clock, transaction, vault
from app.core.audit import Actor
from app.core.errors import Refused
from app.extensions import db

KEPT_FOR = timedelta(minutes=10)
_MOST = 5

Pairs = list[tuple[str, str]]


class WrongPassword(Refused):
    """This is not the present password of whoever is signed in."""


def confirm(user_id: int, session_id: int, password: str, actor: Actor) -> str:
    """Check the password and return the session's new secret; commit.

    Raises `WrongPassword` or `TooOften`; tries are counted for the session, before any hashing.
    """
    check(user_id, session_id, password, actor)
    transaction.begin()
    secret = sessions.renew(session_id)
    audit.record("session.confirmed", actor=actor, target=f"user:{user_id}")
    db.session.commit()
    return secret


def check(user_id: int, session_id: int, password: str, actor: Actor) -> None:
    """Raise `WrongPassword` unless it is the present one, or `TooOften`; holds no database."""
    counted = (limits.CONFIRM_PER_SESSION, str(session_id))
    limits.spend(counted)
    stored = db.session.get_one(User, user_id).password_hash
    db.session.commit()  # nothing of the database is held while the password is hashed
    if not passwords.matches(password, stored):
        audit.record("session.not_confirmed", actor=actor, target=f"user:{user_id}")
        db.session.commit()
        raise WrongPassword(actor.label)
    limits.give_back(counted)


def keep(session_id: int, place: str, form: Pairs) -> str:
    """Keep a form until the password is typed; return the handle that its page carries; commit."""
    handle, digest = tokens.new(), tokens.digest(place)
    transaction.begin()
    sealed = vault.seal(json.dumps(form), _purpose(session_id))
    db.session.add(
        KeptForm(
            digest=tokens.digest(handle),
            session_id=session_id,
            place=digest,
            sealed=sealed,
            expires_at=clock.now() + KEPT_FOR,
        )
    )
    db.session.flush()
    mine = select(KeptForm.id).where(KeptForm.session_id == session_id)
    old = db.session.scalars(mine.order_by(KeptForm.id.desc()).offset(_MOST)).all()
    _delete(KeptForm.id.in_(old))
    db.session.commit()
    return handle


def take(session_id: int, place: str, handle: str) -> Pairs | None:
    """Give a kept form back, once; None when its time is over or it belongs elsewhere; commit."""
    transaction.begin()
    row = db.session.scalar(
        select(KeptForm).where(
            KeptForm.digest == tokens.digest(handle),
            KeptForm.session_id == session_id,
            KeptForm.place == tokens.digest(place),
            KeptForm.expires_at > clock.now(),
        )
    )
    sealed = row.sealed if row is not None and _delete(KeptForm.id == row.id) else ""
    db.session.commit()
    if not sealed:
        return None
    return [(name, value) for name, value in json.loads(vault.unseal(sealed, _purpose(session_id)))]


def forget_old() -> int:
    """Delete forms for which nobody came back; commit, return how many."""
    transaction.begin()
    gone = _delete(KeptForm.expires_at <= clock.now())
    db.session.commit()
    return gone


def _purpose(session_id: int) -> str:
    return f"form:{session_id}"


def _delete(condition: object) -> int:
    return transaction.changed(
        delete(KeptForm).where(condition).execution_options(synchronize_session=False)  # type: ignore[arg-type]
    )
