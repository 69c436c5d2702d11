"""What people may change about themselves."""

from dataclasses import asdict

from app.accounts.models import NAME_LENGTH
from app.accounts.profile import Details
from app.core import clock, site
from app.core.addresses import Address
from app.i18n import locales
from app.i18n.formats import format_datetime
from app.i18n.text import _, _l
from app.web.drawing.markup import fill, ltr
from app.web.forms.fields import (
    AddressField,
    ChoiceField,
    HumanField,
    MachineField,
    PeykForm,
    SecretField,
)
from app.web.forms.new_password import NewPasswordForm
from app.web.forms.validators import PlainName, SingleLine
from app.web.visitors.time_zones import TimeZone


class DetailsForm(PeykForm):
    """Name, language and time zone."""

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
    time_zone = MachineField(
        _l("Time zone"),
        [TimeZone()],
        limit=64,
        optional=True,
        help=_l(
            "Times on pages and in mails to you are those of this zone, and days begin at its "
            "midnight. Choose from the list, or write the name of a large city of the zone."
        ),
    )

    @classmethod
    def showing(cls, details: Details) -> "DetailsForm":
        """Return the form over what is known: what is posted, above what is in force."""
        form = cls(data=asdict(details))
        usual = site.time_zone()
        form.time_zone.placeholder = usual
        now = format_datetime(clock.now(), "medium")
        form.time_zone.hint = fill(
            _("Empty: that of the system, %(zone)s. By your clock it is now: %(time)s"),
            zone=ltr(usual),
            time=now,
        )
        return form

    @property
    def details(self) -> Details:
        """What was asked for; an empty time zone is that of the site."""
        return Details(self.name.data or "", self.locale.data or "", self.time_zone.data or None)


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
