"""Remember what a server offered when it last worked: written only when it differs.

It belongs to a place (host, port, encryption): at another place all begins anew.
"""

from sqlalchemy.exc import IntegrityError, OperationalError

from app.core import transaction
from app.extensions import db
from app.mail.models import Role, SmtpServer
from app.mail.server_settings import ServerSettings
from app.mail.smtp.offers import Offer, mechanisms_of


def of_row(row: SmtpServer) -> Offer | None:
    """Return what is remembered in a server's row."""
    if not row.offered_at:
        return None
    mechanisms = mechanisms_of(row.offered_mechanisms)
    return Offer(row.offered_at, row.offered_starttls, mechanisms, row.offered_certificate)


def write(row: SmtpServer, offer: Offer) -> None:
    """Write an offer into a server's row, in the caller's transaction."""
    row.offered_at = offer.place
    row.offered_starttls = offer.starttls
    row.offered_mechanisms = " ".join(offer.mechanisms)
    row.offered_certificate = offer.certificate


def forget(row: SmtpServer) -> None:
    """Forget what was offered, in the caller's transaction."""
    write(row, Offer(place=""))


def keep(server: ServerSettings, offer: Offer) -> None:
    """Remember what a server offered that has just taken mail; commits.

    It is no part of the delivery: when the database is away, the next mail brings it again.
    """
    if offer == server.offered:
        return
    try:
        transaction.begin()
        row = _row(server.role)
        if of_row(row) != offer:
            write(row, offer)
        db.session.commit()
    except OperationalError:
        db.session.rollback()


def _row(role: Role) -> SmtpServer:
    """Return the row of a server; one that only the environment describes may have none yet."""
    row = db.session.get(SmtpServer, role)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            db.session.add(SmtpServer(role=role))
    except IntegrityError:
        pass
    return db.session.get_one(SmtpServer, role)
