"""Named people and what they do: Sara registers, Omid is active, Nika manages."""

from dataclasses import dataclass

from app.accounts import activation, entrance, registration, tokens, users
from app.accounts.models import PendingRegistration, User
from app.accounts.registration import Registrant
from app.core import addresses, audit, transaction
from app.core.audit import Actor
from app.extensions import db
from app.mail import kinds
from app.mail.models import OutboxMessage

PASSWORD = "kaftar-e abi dar baran"
OTHER_PASSWORD = "seh ghayegh ruye rud-e sard"
VISITOR = Actor(None, "visitor", "192.0.2.7")


@dataclass(frozen=True)
class Asked:
    """An attempt as its browser holds it."""

    handle: str
    pending_id: int


def registrant(
    email="sara@example.com", *, name="سارا", password=PASSWORD, locale="fa", user_agent=""
):
    return Registrant(name, addresses.parse(email), password, locale, user_agent)


def register(email="sara@example.com", **who):
    handle = registration.register(registrant(email, **who), VISITOR)
    return Asked(handle, registration.find(handle).id)


def mails(kind=None):
    query = db.select(OutboxMessage).order_by(OutboxMessage.id)
    found = db.session.scalars(query).all()
    return [mail for mail in found if kind in (None, mail.kind)]


def issue(asked, outbox_id=None):
    """Make the link secret of the newest mail of an attempt, as its worker does."""
    pending = db.session.get_one(PendingRegistration, asked.pending_id)
    newest = [mail.id for mail in mails() if mail.about == asked.pending_id][-1]
    token = tokens.issue(pending, outbox_id or newest)
    db.session.commit()
    return token


def come_in(user_id, visit, actor):
    """Let somebody in without a password, and return the secrets of their cookies."""
    transaction.begin()
    entered = entrance.admit(db.session.get_one(User, user_id), visit, actor)
    db.session.commit()
    return entered


def taken(mail, at):
    """Let a server have taken a mail, as its worker notes it."""
    request = kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)
    note = kinds.accepted(mail.kind)
    assert note is not None
    note(request, at)
    db.session.commit()


def omid(email="omid@example.com", password=PASSWORD):
    """Somebody who is active."""
    token = issue(register(email, name="امید", password=password))
    return activation.activate(token, VISITOR).user


def nika(email="nika@example.com", password=PASSWORD):
    """Somebody who manages the system."""
    return users.create_admin(addresses.parse(email), "نیکا", password, audit.CONSOLE)


def everybody():
    db.session.expire_all()
    return db.session.scalars(db.select(User).order_by(User.id)).all()


def attempts():
    db.session.expire_all()
    return db.session.scalars(db.select(PendingRegistration).order_by(PendingRegistration.id)).all()
