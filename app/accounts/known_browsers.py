"""Browsers in which somebody has signed in before: a secret of their own tells them apart.

One browser may be known to several people; the secret lets nobody in.
"""

from datetime import timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts import tokens
from app.accounts.models import User
from app.accounts.session_models import KnownBrowser
from app.core import clock, transaction
from app.core.prepared import Prepared, PreparedQuery
from app.extensions import db

LIFE = timedelta(days=365)
_LENGTH = len(tokens.new())
_KNOWN = cast(Table, KnownBrowser.__table__)
_ADDING = Prepared(insert(_KNOWN))
_OTHERS = PreparedQuery(select(exists().where(_KNOWN.c.user_id == bindparam("whose"))))


def knows(secret: str, email_key: str) -> bool:
    """Tell whether the person with this address has signed in in this browser before."""
    if not secret:
        return False
    known = (
        select(KnownBrowser.id)
        .join(User, User.id == KnownBrowser.user_id)
        .where(
            KnownBrowser.digest == tokens.digest(secret),
            KnownBrowser.seen_at > clock.now() - LIFE,
            User.email_key == email_key,
        )
    )
    return db.session.scalar(known) is not None


def note(user_id: int, secret: str) -> tuple[str, bool]:
    """Know the browser of somebody who signs in, in the caller's transaction.

    Return its secret, a new one when it had none, and whether the person should be told:
    they have signed in before, but never here.
    """
    digest = tokens.digest(secret)
    mine = KnownBrowser.user_id == user_id
    if secret and transaction.changed(
        update(KnownBrowser)
        .where(mine, KnownBrowser.digest == digest)
        .values(seen_at=clock.now())
        .execution_options(synchronize_session=False)
    ):
        return secret, False
    has_others = bool(transaction.ask(_OTHERS, {"whose": user_id})[0][0])
    if len(secret) == _LENGTH:
        _add_once(user_id, digest)
    else:
        secret = tokens.new()
        _add(user_id, tokens.digest(secret))
    return secret, has_others


def forget(user_id: int) -> None:
    """Make every browser of somebody a strange one, in the caller's transaction."""
    _delete(KnownBrowser.user_id == user_id)


def forget_old() -> int:
    """Delete browsers that were not seen for a year; commit, return how many."""
    transaction.begin()
    gone = _delete(KnownBrowser.seen_at < clock.now() - LIFE)
    db.session.commit()
    return gone


def _add(user_id: int, digest: str) -> None:
    _ADDING.run(
        db.session.connection(), {"digest": digest, "user_id": user_id, "seen_at": clock.now()}
    )


def _add_once(user_id: int, digest: str) -> None:
    """Add the row; two who sign in at once in one browser both know it."""
    try:
        with db.session.begin_nested():
            _add(user_id, digest)
    except IntegrityError:
        return


def _delete(condition: object) -> int:
    return transaction.changed(
        delete(KnownBrowser).where(condition).execution_options(synchronize_session=False)  # type: ignore[arg-type]
    )
