"""What to think over before the SMTP settings are stored: allowed, but rarely right."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from wtforms import Field

from app.i18n import normalise
from app.i18n.text import _l
from app.mail.models import Encryption, Role
from app.mail.server_settings import MailSettings, ServerSettings
from app.mail.servers.cautions import Caution, cautions
from app.web.smtp.form import SmtpForm
from app.web.smtp.sections import ServerSection

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
    "pin_moved": _l(
        "The server has changed, but the certificate you trust belongs to the former one. Empty "
        "the field, or enter the fingerprint of the new server's certificate; otherwise no mail "
        "is sent."
    ),
    "pin_unused": _l(
        "Without encryption there is no certificate, so trusting one protects nothing. Choose "
        "STARTTLS or SSL/TLS."
    ),
    "same_server": _l(
        "Both servers are the same, so the second one will fail together with the first."
    ),
    "no_active_server": _l(
        "SMTP is on, but neither server is active, so no mail is sent. Switch one of them on."
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


def warnings(form: SmtpForm, settings: MailSettings) -> list[Warned]:
    """Return what should be thought over and is not already so in the stored settings."""
    wanted = [_as_wanted(form, server) for server in settings.servers]
    accepted = {str(caution) for caution in cautions(settings.primary, settings.secondary)}
    accepted |= set((form.confirm_warnings.data or "").split(","))
    found = [_warned(form, one) for one in cautions(wanted[0], wanted[1])]
    for server in settings.servers:
        found += _about_password(form.section(server.role), server.role)
        found += _about_pin(form.section(server.role), server)
    return [warned for warned in found if warned.key not in accepted]


def told_after(settings: MailSettings) -> list[Any]:
    """Return what is stored all the same, but should be known: nothing leaves without a server."""
    found = cautions(settings.primary, settings.secondary, is_on=settings.smtp_active)
    return [WORDS[one.code] for one in found if one.code == "no_active_server"]


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


def _about_pin(section: ServerSection, server: ServerSettings) -> Iterator[Warned]:
    """A certificate is trusted at one server; where that one goes, it says nothing any more."""
    after = section.change().applied_to(server)
    if not after.trusted_certificate:
        return
    kept = after.trusted_certificate == server.trusted_certificate
    moved = (after.host, after.port) != (server.host, server.port)
    if kept and moved:
        field = section.trusted_certificate
        yield Warned(f"{server.role}.pin_moved", field, WORDS["pin_moved"])
    elif after.encryption is Encryption.NONE and server.encryption is not Encryption.NONE:
        yield Warned(f"{server.role}.pin_unused", section.encryption, WORDS["pin_unused"])
