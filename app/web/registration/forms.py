"""What is asked of somebody who registers."""

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from app.accounts import codes
from app.accounts.codes import Verdict
from app.accounts.models import NAME_LENGTH
from app.accounts.passwords import rules
from app.accounts.registration import Registrant
from app.core.addresses import Address
from app.i18n import locales
from app.i18n.formats import duration, number
from app.i18n.text import _, _l
from app.web.forms import new_password
from app.web.forms.fields import AddressField, HumanField, MachineField, PeykForm, SecretField
from app.web.forms.validators import PlainName, SingleLine


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
        self.at_least = rules.least()
        self.password.hint = new_password.hint(self.at_least)

    def validate_password(self, field: Field) -> None:
        """Say why a password is too weak, whoever asks."""
        found = rules.problem(
            field.data or "", self.name.data or "", self.email.data or "", self.at_least
        )
        if found is not None:
            raise ValidationError(new_password.problem(found, self.at_least))

    def validate_password_confirm(self, field: Field) -> None:
        """Catch a slip of the finger."""
        new_password.refuse_another(self.password, field)

    def registrant(self, user_agent: str = "") -> Registrant:
        """The checked input, in the language of the page."""
        return Registrant(
            name=self.name.data or "",
            address=_checked(self.email),
            password=self.password.data or "",
            locale=locales.current().code,
            user_agent=user_agent,
        )


class CorrectionForm(PeykForm):
    """Another address for the same attempt."""

    email = AddressField(
        _l("Correct e-mail address"), autocomplete="email", placeholder="name@example.com"
    )

    def new_address(self) -> Address:
        """The checked input."""
        return _checked(self.email)


class CodeForm(PeykForm):
    """The code of the mail."""

    code = MachineField(
        _l("Code from the mail"), autocomplete="one-time-code", placeholder="1234-5678", limit=64
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.code.inputmode = "numeric"
        self.code.hint = _(
            "It has %(digits)s digits and works for %(lifetime)s after the mail arrives.",
            digits=number(codes.LENGTH),
            lifetime=duration(codes.LIFETIME),
        )

    def validate_code(self, field: Field) -> None:
        """Count no try for what is no code at all."""
        if not codes.is_one(field.data or ""):
            raise ValidationError(_("The code has %(digits)s digits.", digits=number(codes.LENGTH)))

    def refuse(self, verdict: Verdict) -> None:
        """Say why the code opened nothing, and what to do."""
        self.code.errors = [str(_REFUSALS[verdict])]


_REFUSALS = {
    Verdict.WRONG: _l(
        "This is not the right code. Compare it with the newest mail; "
        "after a few wrong tries it stops working."
    ),
    Verdict.EXPIRED: _l(
        "This code has expired. Press the button in the mail, which works longer, or have the "
        "mail sent again: it brings a fresh code."
    ),
    Verdict.DEAD: _l(
        "There were too many wrong tries, so this code no longer works. Press the button in the "
        "mail, or have the mail sent again: it brings a fresh code."
    ),
}


def _checked(field: AddressField) -> Address:
    """The address of a field that has passed its rules."""
    if field.address is None:
        raise ValueError("the form was not validated")
    return field.address
