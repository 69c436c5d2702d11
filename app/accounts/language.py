"""The language in which somebody wants to be spoken to, on pages and in mails."""

from app.accounts.models import User
from app.core import audit, transaction
from app.core.audit import Actor
from app.extensions import db
from app.i18n.locales import LOCALES


def choose(user_id: int, code: str, actor: Actor) -> None:
    """Keep the language with the account; one that nobody can read mail in is not kept."""
    if code not in LOCALES:
        return
    transaction.begin()
    user = db.session.get(User, user_id)
    if user is not None and user.locale != code:
        details = {"language": {"before": user.locale, "after": code}}
        user.locale = code
        audit.record(
            "user.language_changed", actor=actor, target=f"user:{user.id}", details=details
        )
    db.session.commit()
