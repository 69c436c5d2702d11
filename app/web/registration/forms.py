"""What is asked of somebody who registers."""

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from app.accounts import password_policy
from app.accounts.models import NAME_LENGTH
from app.accounts.registration import Registrant
from app.core.addresses import Address
from app.i18n import locales
from app.i18n.text import _l
from app.web import new_password
from app.web.fields import AddressField, HumanField, PeykForm, SecretField
from app.web.validators import PlainName, SingleLine


class RegistrationForm(PeykForm):
    """Name, address, password."""

    name = HumanField(
        _l("Your name"), [SingleLine(), PlainName()], limit=NAME_LENGTH, autocomplete="name"
    )
    email = AddressField(
        _l("E-mail address"),
        autocomplete="email",
        placeholder="name@example.com",
        hint=_l("We send the activation link to this address."),
    )
    password = SecretField(_l("Password"), autocomplete="new-password")
    password_confirm = SecretField(_l("Repeat password"), autocomplete="new-password")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.password.hint = new_password.hint()

    def validate_password(self, field: Field) -> None:
        """Say why a password is too weak, whoever asks."""
        problem = password_policy.problem(
            field.data or "", name=self.name.data or "", email=self.email.data or ""
        )
        if problem is not None:
            raise ValidationError(new_password.problem(problem))

    def validate_password_confirm(self, field: Field) -> None:
        """Catch a slip of the finger."""
        new_password.refuse_another(self.password, field)

    def registrant(self) -> Registrant:
        """The checked input, in the language of the page."""
        return Registrant(
            name=self.name.data or "",
            address=_checked(self.email),
            password=self.password.data or "",
            locale=locales.current().code,
        )


class CorrectionForm(PeykForm):
    """Another address for the same attempt."""

    email = AddressField(
        _l("Correct e-mail address"), autocomplete="email", placeholder="name@example.com"
    )

    def new_address(self) -> Address:
        """The checked input."""
        return _checked(self.email)


def _checked(field: AddressField) -> Address:
    """The address of a field that has passed its rules."""
    if field.address is None:
        raise ValueError("the form was not validated")
    return field.address
