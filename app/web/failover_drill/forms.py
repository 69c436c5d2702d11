"""To whom the test mail of a drill goes."""

from app.i18n.text import _l
from app.web.forms.fields import AddressField, PeykForm


class DrillForm(PeykForm):
    """One field."""

    recipient = AddressField(
        _l("Recipient of the test message"),
        hint=_l("A small message is sent to this address, through the secondary server."),
    )
