"""The form of the SMTP settings: its fields, with the words that stand beside them.

Saving and testing read the same form. Rules over several fields are in `rules`, what is
allowed but rarely right in `warnings`.
"""

import re
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import FormField

from app.i18n.text import _l
from app.mail.models import Role
from app.mail.server_settings import MailSettings, ServerSettings, SettingsChange
from app.web.forms.fields import AddressField, HumanField, MachineField, PeykForm, SwitchField
from app.web.smtp.example import Example
from app.web.smtp.sections import PrimarySection, SecondarySection, ServerSection, ascii_address

MAX_SENDER_NAME = 70
_MASK = re.compile("[•●∙·*＊]+")


class SmtpForm(PeykForm):
    """Sender, master switch and both servers."""

    buttons = frozenset({"fix", "confirm_fix", "choice", "role"})

    sender_address = AddressField(
        _l("Sender address"),
        optional=True,
        placeholder="support@yourdomain.com",
        hint=Example(_l("A full address, for example %(example)s"), "support@yourdomain.com"),
        help=_l(
            "The address that mail to users comes from; replies go there too. Servers usually "
            "demand that it be the address of the mailbox that signs in."
        ),
    )
    sender_name = HumanField(
        _l("Sender name"),
        limit=MAX_SENDER_NAME,
        optional=True,
        hint=_l("The name that people see in their mailbox, for example Support."),
        help=_l(
            "Shown as the sender of every mail, and stored under that name in people's contacts. "
            "At most 70 characters; Persian letters are fine. Short names are shown whole on "
            "phones."
        ),
    )
    smtp_active = SwitchField(
        _l("SMTP active"),
        hint=_l("Off: the system sends no mail at all to users."),
        help=_l(
            "The master switch of all mail. While it is off, users are cut off from the system: "
            "no activation link and no password reset goes out, and nobody can finish a "
            "registration. Waiting mail is kept and goes out when you switch it on again."
        ),
    )
    primary = FormField(PrimarySection, separator="-")
    secondary = FormField(SecondarySection, separator="-")
    recipient = AddressField(
        _l("Recipient of the test message"),
        optional=True,
        hint=_l("A small message is sent to this address."),
        help=_l(
            "Choose a mailbox that you can open, best one at another company: so you see that mail "
            "leaves your own host, and whether it ends up in spam."
        ),
    )
    confirm_warnings = MachineField("", limit=400, optional=True)

    @classmethod
    def showing(
        cls, settings: MailSettings, recipient: str, posted: MultiDict[str, str] | None = None
    ) -> "SmtpForm":
        """Return the form over the settings: what is posted, above what is in force."""
        values = _values(settings, recipient)
        form = cls(data=values) if posted is None else cls(formdata=posted, data=values)
        form.sender_address.optional = form.recipient.optional = False
        _lock(form, settings.locked, _plain(settings))
        for server in settings.servers:
            section = form.section(server.role)
            _lock(section, server.locked, _values_of(server))
            section.password.stored = server.password_state == "stored"
            _say_what_is_stored(section, server)
            # Needed while the server is active: `rules` asks for them, nothing says optional.
            for field in (section.host, section.port, section.username):
                field.optional = False
        return form

    def section(self, role: Role) -> ServerSection:
        """Return the fields of one server."""
        section: ServerSection = self[role.value].form
        return section

    def change(self) -> SettingsChange:
        """Return what was asked for."""
        return SettingsChange(
            sender_address=ascii_address(self.sender_address),
            sender_name=self.sender_name.data or "",
            smtp_active=bool(self.smtp_active.data),
            primary=self.section(Role.PRIMARY).change(),
            secondary=self.section(Role.SECONDARY).change(),
        )


def _plain(settings: MailSettings) -> dict[str, Any]:
    first_time = settings.updated_at is None and "smtp_active" not in settings.locked
    return {
        "sender_address": settings.sender_address,
        "sender_name": settings.sender_name,
        "smtp_active": settings.smtp_active or first_time,
    }


def _values(settings: MailSettings, recipient: str) -> dict[str, Any]:
    values = _plain(settings) | {"recipient": recipient}
    for server in settings.servers:
        values[server.role.value] = _values_of(server)
    if settings.updated_at is None and "active" not in settings.primary.locked:
        values["primary"]["active"] = True
    return values


def _values_of(server: ServerSettings) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port if server.is_saved or "port" in server.locked else None,
        "encryption": server.encryption.value,
        "requires_auth": server.requires_auth,
        "username": server.username,
        "active": server.active,
        "sender_address": server.sender_address,
        "certificate_name": server.certificate_name,
        "trusted_certificate": server.trusted_certificate,
        "max_connections": server.max_connections,
        "messages_per_minute": server.messages_per_minute,
    }


def _lock(form: Any, locked: Any, values: dict[str, Any]) -> None:
    for name, variable in locked.items():
        form[name].lock(variable, values.get(name, ""))


def _say_what_is_stored(section: ServerSection, server: ServerSettings) -> None:
    if server.password_state == "stored":
        section.password.hint = _l("A password is stored. Leave this empty to keep it.")
    if server.password_state == "unreadable":
        section.password.hint = _l("The stored password can no longer be read; type it once more.")
