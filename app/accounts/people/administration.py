"""What administrators do with people: let them in or not, give and take the management.

However many do it at once, one administrator who is able to sign in is always left.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.accounts import sessions, tokens, users
from app.accounts.models import RecoveryToken, User, UserRole, UserState
from app.accounts.people.done import Done, Why
from app.core import audit, transaction
from app.core.audit import Actor
from app.core.errors import NotFound, Refused
from app.extensions import db
from app.mail.outbox import outbox


class NoLongerAdministrator(Refused):
    """Whoever acts has lost the management meanwhile."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """One deed: what the audit calls it, what it changes, and whether it may take an administrator.

    `change` says whether anything had to be changed.
    """

    event: str
    change: Callable[[User], bool]
    takes_one_away: bool = False


def disable(user_ids: Collection[int], actor: Actor) -> Done:
    """Let people in no more: sessions end, links to a new password die."""
    return _each(user_ids, actor, _DISABLE)


def enable(user_ids: Collection[int], actor: Actor) -> Done:
    """Let people in again."""
    return _each(user_ids, actor, _ENABLE)


def promote(user_ids: Collection[int], actor: Actor) -> Done:
    """Make people administrators; they sign in anew."""
    return _each(user_ids, actor, _PROMOTE)


def demote(user_ids: Collection[int], actor: Actor) -> Done:
    """Take the management from people; they sign in anew."""
    return _each(user_ids, actor, _DEMOTE)


def end_sessions(user_ids: Collection[int], actor: Actor) -> Done:
    """Sign people out everywhere."""
    return _each(user_ids, actor, _END_SESSIONS)


def end_session(user_id: int, session_id: int, actor: Actor) -> None:
    """Sign somebody out of one browser."""
    transaction.begin()
    if db.session.get(User, user_id) is None:
        raise NotFound(f"user {user_id}")
    sessions.close_one(user_id, session_id)
    details = {"session": session_id}
    audit.record("user.session_ended", actor=actor, target=f"user:{user_id}", details=details)
    db.session.commit()


def _each(user_ids: Collection[int], actor: Actor, deed: _Deed) -> Done:
    """Do the deed with each of them in one transaction, and write each down."""
    done = Done()
    transaction.begin()
    able = hold_able_administrators()
    if actor.user_id is not None and actor.user_id not in able:
        db.session.rollback()
        raise NoLongerAdministrator(actor.label)
    people = _hold(user_ids)
    for user_id in sorted(user_ids):
        user = people.get(user_id)
        if objection := _objection(user, actor, able, deed):
            done.leave(user_id, objection)
        elif user is not None and deed.change(user):
            able -= {user.id} if deed.takes_one_away else set()
            audit.record(deed.event, actor=actor, target=f"user:{user.id}")
            done.note(user.id)
    db.session.commit()
    return done


def hold_able_administrators() -> set[int]:
    """Hold everybody who could be the last one: whoever else changes administrators waits here.

    On PostgreSQL the rows are looked at again after waiting, so nobody counts who was just demoted.
    """
    able = select(User.id).where(*users.able_administrator())
    return set(db.session.scalars(able.order_by(User.id).with_for_update()))


def _hold(user_ids: Collection[int]) -> dict[int, User]:
    held = select(User).where(User.id.in_(user_ids)).order_by(User.id).with_for_update()
    people = db.session.scalars(held.execution_options(populate_existing=True))
    return {user.id: user for user in people}


def _objection(user: User | None, actor: Actor, able: set[int], deed: _Deed) -> Why | None:
    if user is None:
        return Why.GONE
    if not deed.takes_one_away:
        return None
    if user.id == actor.user_id:
        return Why.ONESELF
    return Why.LAST_ADMINISTRATOR if able == {user.id} else None


def _disable(user: User) -> bool:
    if user.state == UserState.DISABLED:
        return False
    user.state = UserState.DISABLED
    sessions.close_all(user.id)
    tokens.forget([user.id], RecoveryToken)
    outbox.cancel_about([users.RECOVERY], [user.id])
    return True


def _enable(user: User) -> bool:
    changed = user.state != UserState.ACTIVE
    user.state = UserState.ACTIVE
    return changed


def _promote(user: User) -> bool:
    return _give(user, UserRole.ADMIN)


def _demote(user: User) -> bool:
    return _give(user, UserRole.USER)


def _give(user: User, role: UserRole) -> bool:
    """Change the role; a session is opened with the lives of one role and ends with it."""
    if user.role == role:
        return False
    user.role = role
    sessions.close_all(user.id)
    return True


def _sign_out(user: User) -> bool:
    sessions.close_all(user.id)
    return True


_DISABLE: Final = _Deed("user.disabled", _disable, takes_one_away=True)
_ENABLE: Final = _Deed("user.enabled", _enable)
_PROMOTE: Final = _Deed("user.promoted", _promote)
_DEMOTE: Final = _Deed("user.demoted", _demote, takes_one_away=True)
_END_SESSIONS: Final = _Deed("user.signed_out", _sign_out)
