"""Rules over several fields of the SMTP settings: what is missing, and what to think over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from wtforms import Field, FormField

from app.i18n import normalise
from app.i18n.text import _, _l
from app.mail import servers
from app.mail.cautions import Caution, cautions
from app.mail.models import Role
from app.mail.server_settings import MailSettings, ServerSettings
from app.web.markup import code, fill
from app.web.smtp_form import SmtpForm
from app.web.smtp_sections import ServerSection

WORDS = {
    "tls_port": _l(
        "Port 465 normally needs SSL/TLS from the start. Choose SSL/TLS, or port 587 for STARTTLS."
    ),
    "starttls_port": _l(
        "This port starts plain and then switches (STARTTLS). Choose STARTTLS, or port 465 for "
        "SSL/TLS."
    ),
    "plain_password": _l(
        "The password would travel unencrypted, and everybody on the way could read it. Choose "
        "STARTTLS or SSL/TLS."
    ),
    "same_server": _l(
        "Both servers are the same, so the second one will fail together with the first."
    ),
    "no_active_server": _l(
        "SMTP is on, but neither server is active, so no mail leaves. Switch one of them on."
    ),
    "pass_nonascii": _l(
        "The password contains Persian or other non-English letters, so it was probably typed with "
        "the Persian keyboard. Switch to English and type it again; only if it truly contains "
        "them, type it as it is and confirm below."
    ),
    "pass_space": _l(
        "The password begins or ends with a space. Type it again without the space; only if it "
        "belongs to it, type it as it is and confirm below."
    ),
    "pass_hidden": _l(
        "The password contains an invisible character, usually picked up while copying. Type it "
        "again by hand."
    ),
}


@dataclass(frozen=True, slots=True)
class Warned:
    """A caution with the field beside which it is shown."""

    key: str
    field: Field
    sentence: Any


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


def warnings(form: SmtpForm, settings: MailSettings) -> list[Warned]:
    """Return what should be thought over and is not already so in the stored settings."""
    wanted = [_as_wanted(form, server) for server in settings.servers]
    accepted = {str(caution) for caution in cautions(settings.primary, settings.secondary)}
    accepted |= set((form.confirm_warnings.data or "").split(","))
    found = [_warned(form, one) for one in cautions(wanted[0], wanted[1])]
    for role in Role:
        found += _about_password(form.section(role), role)
    return [warned for warned in found if warned.key not in accepted]


def told_after(settings: MailSettings) -> list[Any]:
    """Return what is stored all the same, but should be known: nothing leaves without a server."""
    found = cautions(settings.primary, settings.secondary, is_on=settings.smtp_active)
    return [WORDS[one.code] for one in found if one.code == "no_active_server"]


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
            "Server, port, SSL or user name changed. Enter the password again, so that it "
            "travels nowhere by mistake."
        )
    if section.new_password or not needed or "password" in server.locked:
        return None
    if server.password_state == "unreadable":
        return _("The stored password can no longer be read; type it once more.")
    if server.password_state == "none" or change.forget_password:
        return _("Enter the password of the mailbox.")
    return None


def _as_wanted(form: SmtpForm, server: ServerSettings) -> ServerSettings:
    change = form.section(server.role).change()
    return replace(
        server,
        host=change.host,
        port=change.port,
        encryption=change.encryption,
        requires_auth=change.requires_auth,
        username=change.username,
        active=change.active,
    )


def _warned(form: SmtpForm, caution: Caution) -> Warned:
    field = form.section(caution.role)[caution.field]
    return Warned(str(caution), field, WORDS[caution.code])


def _about_password(section: ServerSection, role: Role) -> Iterator[Warned]:
    typed = section.new_password.reveal() if section.new_password else ""
    for key, is_so in (
        ("pass_hidden", normalise.has_hidden(typed)),
        ("pass_nonascii", not typed.isascii()),
        ("pass_space", typed != typed.strip()),
    ):
        if is_so:
            yield Warned(f"{role}.{key}", section.password, WORDS[key])
            return


def _blame(field: Field, sentence: str | Markup) -> None:
    if not field.errors and not getattr(field, "locked", ""):
        field.errors = [sentence]
