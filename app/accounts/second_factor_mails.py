"""The mails about the second step: news of a change, and what to do if it was a stranger."""

from app.accounts import recovery_codes, second_factor, second_factor_codes
from app.accounts.mail_words import in_language, inert, owner_of
from app.config import current_config
from app.extensions import db
from app.i18n.formats import format_datetime, number
from app.i18n.text import _, _n
from app.mail import kinds
from app.mail.kinds import MailRequest, Words
from app.mail.models import OutboxMessage


@kinds.mail(second_factor.SWITCHED_ON)
def switched_on(request: MailRequest) -> Words | None:
    """Tell somebody that their account is opened in two steps from now on."""
    subject = _("Two-step sign-in is on")
    news = _("From now on your account opens with the password and a code from your app.")
    return _words(request, subject, news)


@kinds.mail(second_factor.SWITCHED_OFF)
def switched_off(request: MailRequest) -> Words | None:
    """Tell somebody that their account is opened by the password alone."""
    subject = _("Two-step sign-in is off")
    news = _(
        "From now on the password alone opens your account; the recovery codes no longer work."
    )
    return _words(request, subject, news)


@kinds.mail(second_factor.CODES_RENEWED)
def codes_renewed(request: MailRequest) -> Words | None:
    """Tell somebody that there are new recovery codes."""
    subject = _("New recovery codes were made")
    news = _("New recovery codes were made for your account; the earlier ones no longer work.")
    return _words(request, subject, news)


@kinds.mail(second_factor_codes.CODE_USED)
def code_used(request: MailRequest) -> Words | None:
    """Tell somebody that one of their recovery codes is used up, and how many are left."""
    left = recovery_codes.left(request.about)
    news = _n(
        "A recovery code of your account was used; %(shown)s is left.",
        "A recovery code of your account was used; %(shown)s are left.",
        left,
        shown=number(left),
    )
    return _words(request, _("A recovery code was used"), news)


KINDS = (switched_on, switched_off, codes_renewed, code_used)


def _words(request: MailRequest, subject: str, news: str) -> Words | None:
    owner, message = owner_of(request), db.session.get(OutboxMessage, request.outbox_id)
    if owner is None or message is None:
        return None
    context = {
        "name": inert(owner.name),
        "news": news,
        "at": format_datetime(message.created_at, "medium"),
        "link": f"{current_config().public_url}/forgot-password{in_language(request.locale)}",
    }
    return Words("second_factor", subject, context)
