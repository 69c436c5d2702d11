"""What is asked of somebody who has forgotten their password."""

from app.core.addresses import Address
from app.i18n.text import _l
from app.web.forms.fields import AddressField, PeykForm


class ForgottenForm(PeykForm):
    """The address of the account."""

    email = AddressField(
        _l("E-mail address"),
        autocomplete="username",
        placeholder="name@example.com",
        hint=_l("The address with which you sign in."),
    )

    def wanted(self) -> Address:
        """The checked input."""
        if self.email.address is None:
            raise ValueError("the form was not validated")
        return self.email.address
