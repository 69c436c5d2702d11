"""The SMTP settings saved, and the administrators told by mail that somebody changed them."""

from app.accounts import tokens, users
from app.accounts.models import User
from app.core import transaction
from app.core.audit import Actor
from app.extensions import db
from app.mail.engine import engine
from app.mail.server_settings import MailSettings, SettingsChange
from app.mail.servers import servers, settings_changes

SMTP_CHANGED = "smtp_changed"


def save(change: SettingsChange, actor: Actor) -> MailSettings:
    """Store what was confirmed; tell every administrator when something that was set is another.

    The first set-up is no news. The mail leaves when mail works, like any other.
    """
    before = servers.current()
    after = servers.save(change, actor)
    if before.updated_at is not None and settings_changes.differences(before, after):
        _tell(actor)
    return after


def _tell(actor: Actor) -> None:
    transaction.begin()
    able = db.select(User).where(*users.able_administrator()).order_by(User.id)
    occasion = f"{actor.user_id or 0}.{tokens.new()[:16]}"
    for user in db.session.scalars(able).all():
        users.notify(user, SMTP_CHANGED, occasion=occasion)
    db.session.commit()
    engine.wake()
