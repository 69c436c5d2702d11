"""What happens to an account, in words: the kinds of its mails, the events of the audit."""

from typing import Final

from app.accounts import (
    address_change,
    deletion,
    entrance,
    remembered,
    settings_news,
    waiting_address,
)
from app.i18n.text import _l

MAILS: Final = {
    entrance.NEW_BROWSER: _l("Note that a new browser signed in"),
    remembered.STOLEN: _l("Note that a copied sign-in was ended"),
    waiting_address.ADDRESS_CONFIRMATION: _l("Link to confirm a new address"),
    address_change.ADDRESS_CHANGE_ASKED: _l("Note that the address is to be changed"),
    address_change.ADDRESS_CHANGED: _l("Note that the address was changed"),
    deletion.DELETION_ASKED: _l("Note that the account will be deleted"),
    settings_news.SMTP_CHANGED: _l("Note that the SMTP settings were changed"),
}
EVENTS: Final = {
    "session.confirmed": _l("Password typed once more"),
    "session.not_confirmed": _l("Wrong password before a sensitive step"),
    "session.ended": _l("Signed out of one browser"),
    "session.others_ended": _l("Signed out of all other browsers"),
    "session.stolen": _l("A copied sign-in was ended"),
    "user.details_changed": _l("Name, language or time zone changed"),
    "user.password_changed": _l("Password changed"),
    "user.address_change_asked": _l("Change of address requested"),
    "user.address_change_withdrawn": _l("Change of address cancelled"),
    "user.address_changed": _l("Address changed"),
    "user.address_change_undone": _l("Change of address taken back by the old address"),
    "user.deletion_asked": _l("Deletion of the account requested"),
    "user.deletion_undone": _l("Deletion of the account cancelled"),
    "user.deleted": _l("Account deleted"),
}
