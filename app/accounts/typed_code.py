"""The code of the mail, typed on the page that waits: it opens the account and signs in."""

from app.accounts import activation, attempts, codes, entrance, limits, registration
from app.accounts.browsers import Browser
from app.accounts.codes import Verdict
from app.accounts.entrance import Entered
from app.accounts.models import PendingRegistration
from app.core import transaction
from app.core.audit import Actor
from app.core.errors import NotFound, Refused
from app.extensions import db
from app.mail.engine import engine


class CodeRefused(Refused):
    """The code opened nothing; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict


def activate(code: str, browser: Browser, actor: Actor) -> Entered:
    """Open the account of the attempt begun in this browser, and let its person in.

    Raises `CodeRefused`, `NotFound` when the attempt is over, `NotActivated` when its address has
    got a user meanwhile, and `TooOften`. A try counts before it is judged, and stays counted.
    """
    pending = registration.find(browser.handle)
    if pending is None:
        raise NotFound("no attempt has this handle")
    pending_id, email_key = pending.id, pending.email_key
    limits.spend(
        (limits.CODE_PER_IP, limits.origin(actor.ip)),
        (limits.CODE_PER_ATTEMPT, str(pending_id)),
    )
    transaction.begin()
    held = attempts.hold(email_key)
    pending = db.session.get(PendingRegistration, pending_id, populate_existing=True)
    if pending is None or pending.id not in held:
        db.session.rollback()
        raise NotFound("the attempt is over")
    verdict = codes.check(pending, code)
    if verdict is not Verdict.RIGHT:
        db.session.commit()
        raise CodeRefused(verdict)
    user = activation.open_one(pending_id, held)
    activation.note(user, actor, "code")
    entered = entrance.admit(user, browser.visit, actor)
    db.session.commit()
    if entered.is_told:
        engine.wake()
    return entered
