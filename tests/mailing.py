"""Writes a mail as its worker does, and finds the link in it."""

from app.core import clock
from app.extensions import db
from app.mail import kinds
from tests import people


def request_of(mail):
    return kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)


def written(mail):
    """The words of a mail; None when it has lost its point."""
    found = kinds.compose(mail.kind, request_of(mail))
    db.session.commit()
    return found


def accepted(mail, at=None):
    """What follows when a server has taken a mail."""
    follows = kinds.accepted(mail.kind)
    if follows is not None:
        follows(request_of(mail), at or clock.now())
        db.session.commit()


def token_of(kind, door):
    """The secret in the link of the newest mail of a kind, behind this door."""
    text = written(people.mails(kind)[-1]).text
    (link,) = [word for word in text.split() if f"/{door}/" in word]
    return link.rpartition("/")[2].partition("?")[0]
