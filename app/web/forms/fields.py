"""Form fields with manners of their own: what they clean, what they refuse, how they are drawn."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from flask import flash, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, FormField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.widgets import TextArea

from app.core.addresses import MAX_LENGTH, Address, InvalidAddress, parse
from app.i18n import formats, locales, normalise
from app.i18n.digits import to_ascii
from app.i18n.text import _
from app.web.drawing.markup import fill
from app.web.forms.drawn import Drawn
from app.web.forms.validators import EmailAddress, HostName, Optional, Required
from app.web.visitors import lost_forms

MAX_PORT: Final = 65_535
_TOKEN: Final = "csrf_token"


class MachineField(Drawn, StringField):
    """Text for programs: hosts, user names, codes. Cleaned of what nobody sees, left to right."""

    ltr = True

    def accept(self, text: str) -> None:
        """Keep the cleaned text and remember whether something invisible went."""
        self.data = normalise.machine(text)
        self.cleaned = normalise.has_hidden(text.strip())


class HostField(MachineField):
    """The name of a server."""

    inputmode = "url"

    def _manners(self) -> list[Callable[..., object]]:
        return [*super()._manners(), HostName()]


class HumanField(Drawn, StringField):
    """Text for people: names, subjects. One form for each letter, half-spaces kept."""

    def accept(self, text: str) -> None:
        """Keep the text as it should be read."""
        self.data = normalise.human(text, locales.current().code)


class TextField(HumanField):
    """Text for people on several lines."""

    kind = "area"
    widget = TextArea()
    several_lines = True


class AddressField(MachineField):
    """One e-mail address; `data` is its normal form, `address` the address itself."""

    inputmode = "email"

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("limit", MAX_LENGTH)
        super().__init__(*args, **options)

    def _manners(self) -> list[Callable[..., object]]:
        return [*super()._manners(), EmailAddress()]

    def accept(self, text: str) -> None:
        """Keep the normal form where there is one, else what was typed."""
        super().accept(text)
        if self.address:
            self.data = self.address.display

    @property
    def address(self) -> Address | None:
        """The address, when the text is one."""
        try:
            return parse(self.data or "")
        except InvalidAddress:
            return None


class CountField(Drawn, StringField):
    """A whole number: Persian, Arabic and ASCII digits; `data` is a number or None."""

    ltr = True
    inputmode = "numeric"

    def __init__(self, *args: Any, low: int, high: int, **options: Any) -> None:
        self.low, self.high = low, high
        options.setdefault("limit", 32)
        super().__init__(*args, **options)

    def _manners(self) -> list[Callable[..., object]]:
        return [Optional() if self.optional else Required()]

    def blank(self) -> None:
        """Nothing is no number."""
        return

    def accept(self, text: str) -> None:
        """Read the digits of any script, then look at the number."""
        self.cleaned = normalise.has_hidden(text.strip())
        digits = normalise.machine(text)
        if not digits:
            return
        is_number = digits.isascii() and digits.isdecimal()
        if not (is_number and self.low <= int(digits) <= self.high):
            raise ValueError(self.fault())
        self.data = int(digits)  # type: ignore[assignment]  # a number, unlike its parents

    @property
    def number(self) -> int | None:
        """The number that was typed, or nothing."""
        return None if self.data is None else int(self.data)

    def fault(self) -> str:
        """Return what to write instead of what is no such number."""
        low, high = formats.number(self.low), formats.number(self.high)
        return str(_("Write a whole number from %(low)s to %(high)s.", low=low, high=high))

    def _value(self) -> str:
        """What stands in the box: the number, or what was typed instead of one."""
        if self.data is not None or not self.raw_data:
            return "" if self.data is None else str(self.data)
        return to_ascii(str(self.raw_data[0]))[: self.limit]


class PortField(CountField):
    """A port: 1 to 65535."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, low=1, high=MAX_PORT, **options)

    def fault(self) -> str:
        """Return what a port is."""
        return str(_("The port is a number from 1 to 65535."))


class SecretField(Drawn, PasswordField):
    """A password: taken byte for byte, never written into a page.

    `stored` tells the page that one is kept, so that an empty box means «keep it».
    """

    kind = "secret"
    input_type = "password"
    ltr = True

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("limit", 1024)
        super().__init__(*args, **options)

    def _value(self) -> str:
        return ""


class SwitchField(Drawn, BooleanField):
    """On or off."""

    kind = "switch"

    def _manners(self) -> list[Callable[..., object]]:
        return []

    def process_formdata(self, valuelist: list[Any]) -> None:
        """On when the browser sent it, off when it did not."""
        self.data = False
        self.data = self._only(valuelist) not in (None, "", "false", "off", "0")

    def _value(self) -> str:
        """What the browser sends for «on»; never what was sent before."""
        return "y"


class ChoiceField(Drawn, RadioField):
    """One of a few: drawn as segments or as a list."""

    kind = "choice"

    def __init__(
        self, *args: Any, choices: Sequence[tuple[str, object]] | None = None, **options: Any
    ) -> None:
        wrapped = [SelectChoice(value=value, label=label) for value, label in choices or ()]
        self.values = {str(choice.value) for choice in wrapped}
        super().__init__(*args, choices=wrapped, **options)

    def _manners(self) -> list[Callable[..., object]]:
        return [Optional() if self.optional else Required()]

    def accept(self, text: str) -> None:
        """Keep the chosen value, if it is one of the choices."""
        if text and text not in self.values:
            raise ValueError(_("Choose one of the options."))
        self.data = text


class Manners:
    """What the forms share: only form fields count, never JSON, never files."""

    def wrap_formdata(self, _form: Form, formdata: Any) -> MultiDict[str, str] | None:
        """Take the body of the form and nothing else; an empty one is still an answer."""
        if formdata is None or isinstance(formdata, MultiDict):
            return formdata
        return request.form if request.method == "POST" else None


class PeykForm(FlaskForm):  # type: ignore[misc]  # it carries no types
    """The base of every form: decent input, faults that can be listed."""

    # Names of buttons that are sent with the form without being fields of it.
    buttons: frozenset[str] = frozenset()

    class Meta(Manners, FlaskForm.Meta):  # type: ignore[misc]  # as above
        """The manners are ours; the token has been looked at before any view was asked."""

        csrf = False

    def validate(self, *args: Any, **options: Any) -> bool:
        """Check every field, and that nothing came which is none: no page of ours sends that."""
        is_good = bool(super().validate(*args, **options))
        strangers = set(request.form) - set(_names(self)) - self.buttons - {_TOKEN}
        if strangers:
            self.form_errors.append(
                _("Something was sent that does not belong to this form. Open the page again.")
            )
        if lost_forms.was_given_back():
            self.form_errors.append(
                _(
                    "You were signed out in between. What you had typed is here again, except "
                    "passwords: look it over and send it once more."
                )
            )
        return is_good and not self.form_errors

    @property
    def is_only_given_back(self) -> bool:
        """Tell whether it stands here once more without a fault: its sender's session had ended."""
        is_back = lost_forms.was_given_back() and len(self.form_errors) == 1
        return is_back and not any(faults(self))


class Section(Form):
    """A part of a form that occurs several times, inside a FormField; the form has the token."""


def faults(form: Form) -> Iterator[tuple[Field, str]]:
    """Every field of the form with its first fault, in the order of the page."""
    for field in form:
        if isinstance(field, FormField):
            yield from faults(field.form)
        elif field.errors:
            yield field, field.errors[0]


def _names(form: Form) -> Iterator[str]:
    for field in form:
        if isinstance(field, FormField):
            yield from _names(field.form)
        else:
            yield field.name


def tell_cleaned(form: Form) -> None:
    """Say of which fields invisible characters were removed, so that nobody wonders later."""
    for field in form:
        if isinstance(field, FormField):
            tell_cleaned(field.form)
        elif getattr(field, "cleaned", False):
            said = fill(
                _("Hidden characters were removed from «%(field)s»."), field=field.label.text
            )
            flash(said, "info")
