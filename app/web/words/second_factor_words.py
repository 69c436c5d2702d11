"""What the outbox and the audit call the mails and the deeds of the second step."""

from typing import Final

from app.accounts.second_factor import codes, second_factor
from app.i18n.text import _l

KINDS: Final = {
    second_factor.SWITCHED_ON: _l("Note that the two-step sign-in was set up"),
    second_factor.SWITCHED_OFF: _l("Note that the two-step sign-in was switched off"),
    second_factor.CODES_RENEWED: _l("Note that there are new recovery codes"),
    codes.CODE_USED: _l("Note that a recovery code was used"),
}
EVENTS: Final = {
    "second_factor.switched_on": _l("Two-step sign-in switched on"),
    "second_factor.moved": _l("Two-step sign-in moved to another app"),
    "second_factor.switched_off": _l("Two-step sign-in switched off"),
    "second_factor.codes_renewed": _l("New recovery codes made"),
    "second_factor.recovery_code_used": _l("A recovery code used"),
    "second_factor.reset": _l("Two-step sign-in switched off on the console"),
    "session.code_refused": _l("A wrong code at the second step"),
}
