"""Rules over several fields of the SMTP settings: what is missing."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from wtforms import Field, FormField

from app.i18n.text import _
from app.mail.models import Role
from app.mail.server_settings import MailSettings, ServerSettings
from app.mail.servers import servers
from app.web.drawing.markup import code, fill
from app.web.smtp.form import SmtpForm
from app.web.smtp.sections import ServerSection


def may_be_saved(form: SmtpForm, settings: MailSettings) -> bool:
    """Ask every rule; afterwards each field knows its faults."""
    form.validate()
    if (form.smtp_active.data or _any_active(form)) and not form.sender_address.data:
        _blame(form.sender_address, _("Enter the address that mail to users comes from."))
    for server in settings.servers:
        section = form.section(server.role)
        _ask_section(section, server, needed=bool(section.active.data))
    return not any(_faulty(form))


def may_be_tested(form: SmtpForm, settings: MailSettings, role: Role) -> bool:
    """Ask the rules about the sender, the recipient and one server; forgive the rest."""
    form.validate()
    for field in form.section(role.other):
        field.errors = []
    for name in ("sender_address", "recipient"):
        if not form[name].data:
            _blame(form[name], _("The test needs this address."))
    _ask_section(form.section(role), settings.server(role), needed=True)
    return not any(_faulty(form))


def may_be_looked_at(form: SmtpForm, role: Role) -> bool:
    """Ask the rules about the name of one server; forgive the rest."""
    form.validate()
    section = form.section(role)
    if not section.host.data:
        _blame(section.host, _("Enter the name of the server."))
    for field, _error in list(faults(form)):
        if field is not section.host:
            field.errors = []
    return not section.host.errors and not form.form_errors


def faults(form: SmtpForm) -> Iterator[tuple[Field, str]]:
    """Return every field with its first fault, in the order of the page."""
    for field in form:
        inner = field.form if isinstance(field, FormField) else [field]
        yield from ((one, one.errors[0]) for one in inner if one.errors)


def _faulty(form: SmtpForm) -> Iterator[bool]:
    yield bool(form.form_errors)
    yield from (True for _field in faults(form))


def _any_active(form: SmtpForm) -> bool:
    return any(form.section(role).active.data for role in Role)


def _ask_section(section: ServerSection, server: ServerSettings, *, needed: bool) -> None:
    if needed and not section.host.data:
        _blame(section.host, _("Enter the name of the server."))
    if not section.requires_auth.data:
        return
    if needed and not section.username.data:
        _blame(section.username, _("Enter the user name; usually it is the sender address."))
    if problem := _password_problem(section, server, needed=needed):
        _blame(section.password, problem)


def _password_problem(section: ServerSection, server: ServerSettings, *, needed: bool) -> Any:
    """Return what is wrong about the password of a server, or None."""
    change = section.change()
    if servers.password_is_needed(server, change):
        if "password" in server.locked:
            sentence = _(
                "The password is fixed by %(variable)s and goes only to the server it was made "
                "for. Change the server in the environment, too."
            )
            return fill(sentence, variable=code(server.locked["password"]))
        return _(
            "Server, port, SSL, user name or trusted certificate changed. Enter the password "
            "again, so that it travels nowhere by mistake."
        )
    if section.new_password or not needed or "password" in server.locked:
        return None
    if server.password_state == "unreadable":
        return _("The stored password can no longer be read; type it once more.")
    if server.password_state == "none" or change.forget_password:
        return _("Enter the password of the mailbox.")
    return None


def _blame(field: Field, sentence: str | Markup) -> None:
    if not field.errors and not getattr(field, "locked", ""):
        field.errors = [sentence]
