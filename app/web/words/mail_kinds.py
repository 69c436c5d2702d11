"""What each kind of mail is for, in words: the outbox and the pages of people say the same."""

from typing import Final

from markupsafe import Markup

from app.accounts import activation, registration, users
from app.i18n.text import _l
from app.web.drawing.markup import code
from app.web.words import account_words, second_factor_words

KINDS: Final = {
    registration.ACTIVATION: _l("Activation link"),
    registration.ALREADY_REGISTERED: _l("Note that there is an account already"),
    registration.INVITATION: _l("Invitation"),
    activation.OPENED_BY_HAND: _l("Note that the account is open"),
    users.RECOVERY: _l("Password reset link"),
    users.PASSWORD_CHANGED: _l("Note that the password was changed"),
    **second_factor_words.KINDS,
    **account_words.MAILS,
}


def kind_word(kind: str) -> str | Markup:
    """What a mail is for; a kind of another version keeps its name."""
    return str(KINDS[kind]) if kind in KINDS else code(kind)


def kind_plain(kind: str) -> str:
    """What a mail is for, where no markup is possible."""
    return str(KINDS[kind]) if kind in KINDS else kind
