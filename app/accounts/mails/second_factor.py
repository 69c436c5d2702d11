"""The mails about the second step: news of a change, and what to do if it was a stranger."""

from app.accounts.mails.words import news, page
from app.accounts.second_factor import codes, recovery_codes, second_factor
from app.i18n.formats import number
from app.i18n.text import _, _n
from app.mail import kinds
from app.mail.kinds import MailRequest, Words


@kinds.mail(second_factor.SWITCHED_ON)
def switched_on(request: MailRequest) -> Words | None:
    """Tell somebody that their account is opened in two steps from now on."""
    subject = _("Two-step sign-in is on")
    what = _("From now on your account opens with the password and a code from your app.")
    return _words(request, subject, what)


@kinds.mail(second_factor.SWITCHED_OFF)
def switched_off(request: MailRequest) -> Words | None:
    """Tell somebody that their account is opened by the password alone."""
    subject = _("Two-step sign-in is off")
    what = _(
        "From now on the password alone opens your account; the recovery codes no longer work."
    )
    return _words(request, subject, what)


@kinds.mail(second_factor.CODES_RENEWED)
def codes_renewed(request: MailRequest) -> Words | None:
    """Tell somebody that there are new recovery codes."""
    subject = _("New recovery codes were made")
    what = _("New recovery codes were made for your account; the earlier ones no longer work.")
    return _words(request, subject, what)


@kinds.mail(codes.CODE_USED)
def code_used(request: MailRequest) -> Words | None:
    """Tell somebody that one of their recovery codes is used up, and how many are left."""
    left = recovery_codes.left(request.about)
    what = _n(
        "A recovery code of your account was used; %(shown)s is left.",
        "A recovery code of your account was used; %(shown)s are left.",
        left,
        shown=number(left),
    )
    return _words(request, _("A recovery code was used"), what)


KINDS = (switched_on, switched_off, codes_renewed, code_used)


def _words(request: MailRequest, subject: str, what: str) -> Words | None:
    told = news(request)
    if told is None:
        return None
    context = {**told, "news": what, "link": page("forgot-password", request)}
    return Words("second_factor", subject, context)
