"""What was asked for: which server to fill, and for which address to look."""

from dataclasses import dataclass
from typing import Any

from flask import request

from app.core.addresses import Address
from app.i18n.text import _
from app.mail.models import Role
from app.web.forms.fields import AddressField
from app.web.smtp.form import SmtpForm
from app.web.smtp.rules import faults
from app.web.smtp_suggestions.panel import Choice


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for suggestions; without an address its field says why."""

    role: Role
    field: AddressField

    @property
    def address(self) -> Address | None:
        """The address to look for, when its field is in order."""
        return None if self.field.errors else self.field.address


def read(form: SmtpForm) -> Asked:
    """Read the request; of the form only the address matters, the rest is judged later."""
    asked = Asked(role(), _address_field(form, role()))
    form.validate()
    for field, _error in list(faults(form)):
        if field is not asked.field:
            field.errors = []
    if not asked.field.data and not asked.field.errors:
        asked.field.errors = [
            _("Enter the sender address first; the settings are looked for in its domain.")
        ]
    return asked


def role() -> Role:
    """Return the server to fill: the primary, unless the other one was named."""
    wanted = request.form.get("role", "")
    return Role(wanted) if wanted in set(Role) else Role.PRIMARY


def fill_in(form: SmtpForm, role: Role, choice: Choice) -> None:
    """Put settings into the fields of one server, except where the environment fixes them."""
    section: Any = form.section(role)
    values = {
        "host": choice.host,
        "port": choice.port,
        "encryption": choice.encryption.value,
        "requires_auth": choice.requires_auth,
        "username": choice.username if choice.requires_auth else section.username.data,
        "active": True,
    }
    for name, value in values.items():
        if not section[name].locked:
            section[name].data = value
            section[name].raw_data = None


def _address_field(form: SmtpForm, role: Role) -> AddressField:
    """The secondary server may have a sender address of its own."""
    own = form.section(role)._fields.get("sender_address")
    return own if isinstance(own, AddressField) and own.data else form.sender_address
