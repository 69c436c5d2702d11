"""Every kind of mail about invented people: for translators, and for those who judge how it looks.

The mails are written by the same functions as all others, inside a transaction that is taken back.
"""

from dataclasses import dataclass
from datetime import timedelta

from app.accounts import tokens
from app.accounts.models import PendingRegistration, User, UserRole, UserState
from app.core import clock, transaction
from app.extensions import db
from app.mail import kinds, outbox
from app.mail.kinds import MailRequest, Written

# As people of the language are called; whoever is not here bears a Latin name.
_NAMES = {"fa": "سارا مرادی", "ar": "سارة المرادي"}
_DOMAIN = "mail.example.org"


@dataclass(frozen=True, slots=True)
class _People:
    """Somebody with an account, somebody who has just registered, somebody who did so again."""

    owner: User
    newcomer: PendingRegistration
    known: PendingRegistration


def written(name: str, locale: str) -> Written | None:
    """Return a mail of that kind; None when it is about something that is not invented here."""
    transaction.begin()
    try:
        people = _invent(locale)
        candidates = (
            (people.newcomer.id, people.newcomer.email),
            (people.known.id, people.owner.email),
            (people.owner.id, people.owner.email),
        )
        found = (_write(name, about, to, locale) for about, to in candidates)
        return next((mail for mail in found if mail is not None), None)
    finally:
        db.session.rollback()


def _write(name: str, about: int, to: str, locale: str) -> Written | None:
    row = outbox.enqueue(name, about=about, to=to, locale=locale, occasion=f"sample:{to}")
    db.session.flush()
    return kinds.compose(name, MailRequest(row.id, about, to, locale))


def _invent(locale: str) -> _People:
    now, name = clock.now(), _NAMES.get(locale, "Sara Moradi")
    address = f"sara.moradi@{_DOMAIN}"
    owner = User(
        name=name,
        email=address,
        email_key=address,
        password_hash="",
        role=UserRole.USER,
        state=UserState.ACTIVE,
        locale=locale,
        created_at=now,
        activated_at=now,
    )
    db.session.add(owner)
    db.session.flush()
    newcomer = _attempt(name, f"newcomer@{_DOMAIN}", locale)
    known = _attempt(name, address, locale)
    known.user_id = owner.id
    db.session.add_all([newcomer, known])
    db.session.flush()
    return _People(owner, newcomer, known)


def _attempt(name: str, address: str, locale: str) -> PendingRegistration:
    now = clock.now()
    return PendingRegistration(
        name=name,
        email=address,
        email_key=address,
        password_hash="",
        locale=locale,
        created_at=now,
        keep_until=now + timedelta(days=1),
        handle_digest=tokens.digest(tokens.new()),
        mail_requested_at=now,
    )
