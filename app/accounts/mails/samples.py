"""Every kind of mail about invented people: for translators, and for those who judge how it looks.

The mails are written by the same functions as all others, inside a transaction that is taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from app.accounts import tokens
from app.accounts.account_models import AddressChange
from app.accounts.models import PendingRegistration, User, UserRole, UserSession, UserState
from app.core import clock, transaction
from app.extensions import db
from app.mail import kinds
from app.mail.kinds import MailRequest, Written
from app.mail.outbox import outbox

# As people of the language are called; whoever is not here bears a Latin name.
_NAMES = {"fa": "سارا مرادی", "ar": "سارة المرادي"}
_DOMAIN = "mail.example.org"


def written(name: str, locale: str) -> Written | None:
    """Return a mail of that kind; None when it is about something that is not invented here."""
    transaction.begin()
    try:
        found = (_write(name, locale, place) for place in _places(_invent(locale), locale))
        return next((mail for mail in found if mail is not None), None)
    finally:
        db.session.rollback()


@dataclass(frozen=True, slots=True)
class _Place:
    """About what a mail may be, to whom, and on which occasion."""

    about: int
    to: str
    occasion: str = "sample"


def _write(name: str, locale: str, place: _Place) -> Written | None:
    number = outbox.enqueue(
        name, about=place.about, to=place.to, locale=locale, occasion=place.occasion
    )
    return kinds.compose(name, MailRequest(number, place.about, place.to, locale))


def _places(owner: User, locale: str) -> Iterator[_Place]:
    """Return what has been invented, in the order in which a kind takes what fits."""
    newcomer = _attempt(owner.name, f"newcomer@{_DOMAIN}", locale)
    again = _attempt(owner.name, owner.email, locale)
    again.user_id = owner.id
    session, change = _session(owner), _change(owner)
    db.session.add_all([newcomer, again, session, change])
    db.session.flush()
    yield _Place(newcomer.id, newcomer.email)
    yield _Place(again.id, owner.email)
    yield _Place(owner.id, owner.email, str(session.id))
    yield _Place(owner.id, owner.email, str(change.id))
    yield _Place(owner.id, change.email, str(change.id))
    yield _Place(owner.id, owner.email, f"{owner.id}.sample")


def _invent(locale: str) -> User:
    """Return an administrator whose account is to be deleted: of them every mail can tell."""
    now, address = clock.now(), f"sara.moradi@{_DOMAIN}"
    owner = User(
        name=_NAMES.get(locale, "Sara Moradi"),
        email=address,
        email_key=address,
        password_hash="",
        role=UserRole.ADMIN,
        state=UserState.ACTIVE,
        locale=locale,
        created_at=now,
        activated_at=now,
        delete_at=now + timedelta(days=7),
    )
    db.session.add(owner)
    db.session.flush()
    return owner


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


def _session(owner: User) -> UserSession:
    now = clock.now()
    return UserSession(
        token_digest=tokens.digest(tokens.new()),
        user_id=owner.id,
        created_at=now,
        seen_at=now,
        idle_ends_at=now,
        ends_at=now,
        ip="192.0.2.7",
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    )


def _change(owner: User) -> AddressChange:
    now, address = clock.now(), f"sara@new.{_DOMAIN}"
    return AddressChange(
        user_id=owner.id,
        email=address,
        email_key=address,
        old_email=owner.email,
        old_email_key=owner.email_key,
        asked_at=now,
        keep_until=now,
    )
