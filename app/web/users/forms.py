"""What is asked about somebody who is invited."""

from typing import Any

from app.accounts.invitations import Invitee
from app.accounts.models import NAME_LENGTH
from app.i18n import locales
from app.i18n.text import _l
from app.web.forms.fields import AddressField, ChoiceField, HumanField, PeykForm
from app.web.forms.validators import PlainName, SingleLine


class InvitationForm(PeykForm):
    """Name, address, and the language of the mail."""

    name = HumanField(
        _l("Name"),
        [SingleLine(), PlainName()],
        limit=NAME_LENGTH,
        hint=_l("As it appears in the mail and in the list of users."),
    )
    email = AddressField(
        _l("E-mail address"),
        placeholder="name@example.com",
        hint=_l("The link to choose a password goes to this address."),
    )
    locale = ChoiceField(
        _l("Language of the mail"),
        choices=[(locale.code, locale.name) for locale in locales.LOCALES.values()],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("data", {"locale": locales.current().code})
        super().__init__(*args, **options)

    def invitee(self) -> Invitee:
        """The checked input."""
        if self.email.address is None:
            raise ValueError("the form was not validated")
        return Invitee(self.name.data or "", self.email.address, self.locale.data or "")
