"""The alerts in words: what has begun, and what is over. For pages, webhook and shell alike."""

from typing import Final

from flask_babel import LazyString

from app.i18n.text import _l
from app.mail.alerts.conditions import Condition
from app.mail.models import Role

TEST: Final = _l("This is a test: notices from Peyk arrive")
_BEGUN: Final = {
    Condition.NOT_SET_UP: _l("SMTP is not set up yet"),
    Condition.SWITCHED_OFF: _l("SMTP is switched off"),
    Condition.NO_ACTIVE_SERVER: _l("Neither SMTP server is active"),
    Condition.BOTH_DOWN: _l("No mail leaves the system: no SMTP server works"),
    Condition.NO_WORKER: _l("No mail leaves the system: the sending process is not running"),
    Condition.PRIMARY_DOWN: _l("The primary SMTP does not work"),
    Condition.SECONDARY_CARRIES: _l("Mail goes through the secondary SMTP"),
    Condition.SECONDARY_DOWN: _l("The secondary SMTP does not work"),
    Condition.OLDEST_TOO_OLD: _l("Mail has been waiting for too long"),
}
_OVER: Final = {
    Condition.NOT_SET_UP: _l("SMTP is set up"),
    Condition.SWITCHED_OFF: _l("SMTP is switched on again"),
    Condition.NO_ACTIVE_SERVER: _l("An SMTP server is active again"),
    Condition.BOTH_DOWN: _l("The failure of all SMTP servers is over"),
    Condition.NO_WORKER: _l("The sending process is running again"),
    Condition.PRIMARY_DOWN: _l("The failure of the primary SMTP is over"),
    Condition.SECONDARY_CARRIES: _l("The secondary SMTP no longer stands in for the primary"),
    Condition.SECONDARY_DOWN: _l("The failure of the secondary SMTP is over"),
    Condition.OLDEST_TOO_OLD: _l("Mail no longer waits for too long"),
}
_REFUSED: Final = {
    Role.PRIMARY: _l("The primary SMTP refuses the user name or the password"),
    Role.SECONDARY: _l("The secondary SMTP refuses the user name or the password"),
}
_REFUSED_NO_MORE: Final = {
    Role.PRIMARY: _l("The primary SMTP no longer refuses the user name or the password"),
    Role.SECONDARY: _l("The secondary SMTP no longer refuses the user name or the password"),
}


def begun(condition: Condition, role: Role | None = None) -> LazyString:
    """Say that it is so."""
    if condition is Condition.CREDENTIALS_REFUSED:
        return _REFUSED[role or Role.PRIMARY]
    return _BEGUN[condition]


def over(condition: Condition, role: Role | None = None) -> LazyString:
    """Say that it is so no more."""
    if condition is Condition.CREDENTIALS_REFUSED:
        return _REFUSED_NO_MORE[role or Role.PRIMARY]
    return _OVER[condition]
