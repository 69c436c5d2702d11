"""What people may change about themselves."""

from app.accounts.models import NAME_LENGTH
from app.core.addresses import Address
from app.i18n import locales
from app.i18n.text import _, _l
from app.web.fields import AddressField, ChoiceField, HumanField, PeykForm, SecretField
from app.web.new_password import NewPasswordForm
from app.web.validators import PlainName, SingleLine


class DetailsForm(PeykForm):
    """Name and language."""

    name = HumanField(
        _l("Your name"),
        [SingleLine(), PlainName()],
        limit=NAME_LENGTH,
        autocomplete="name",
        hint=_l("As it appears in mails to you and in the list of users."),
    )
    locale = ChoiceField(
        _l("Language"),
        choices=[(locale.code, locale.name) for locale in locales.LOCALES.values()],
        hint=_l("The language of the pages and of the mails to you."),
    )


class PasswordForm(NewPasswordForm):
    """The present password and the new one, twice."""

    present = SecretField(_l("Current password"), autocomplete="current-password")

    def refuse_present(self) -> None:
        """Say that the present password is not the present one."""
        self.present.errors = [_("This is not your current password.")]


class AddressForm(PeykForm):
    """Another address to sign in with."""

    email = AddressField(
        _l("New e-mail address"),
        autocomplete="email",
        placeholder="name@example.com",
        hint=_l("A mail with a link goes to this address. Nothing changes before you confirm it."),
    )

    def wanted(self) -> Address:
        """The checked input."""
        if self.email.address is None:
            raise ValueError("the form was not validated")
        return self.email.address

    def refuse_same(self) -> None:
        """Say that nothing would change."""
        self.email.errors = [_("This is already the address of your account.")]
