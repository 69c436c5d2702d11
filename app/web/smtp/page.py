"""The page of the SMTP settings: what it shows besides the form, for saving and for testing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from app.i18n.formats import listed, number
from app.i18n.text import _l, _n
from app.mail.models import Role
from app.mail.server_settings import TRUST_FIELDS, MailSettings, ServerSettings
from app.mail.servers import conditions
from app.mail.smtp import pins
from app.web.mail_state import mail_now
from app.web.smtp import helps
from app.web.smtp.connection_report import TITLES
from app.web.smtp.connection_shown import Result, Step
from app.web.smtp.form import SmtpForm
from app.web.smtp.rules import faults
from app.web.smtp.sections import ServerSection
from app.web.smtp.warnings import Warned
from app.web.words.remedy_words import PortRow, explained

NAMES = {Role.PRIMARY: _l("Primary SMTP"), Role.SECONDARY: _l("Secondary SMTP")}
_NOTES = {
    Role.PRIMARY: _l("Every mail is offered to this server first."),
    Role.SECONDARY: _l("Takes over when the primary server cannot take a message."),
}
_AGAIN = _l("Type the password once more: it is not sent back to this page.")
_PORTS = _l("The usual ports as seen from here")
_NO_PORTS = _l("No server has this name, so no port could be tried.")
_TESTS = {Role.PRIMARY: _l("Test primary SMTP"), Role.SECONDARY: _l("Test secondary SMTP")}


@dataclass(frozen=True, slots=True)
class ServerCard:
    """One server's part of the page."""

    role: str
    name: Any
    note: Any
    test_label: Any
    test_url: str
    ports_url: str
    form: ServerSection
    server: ServerSettings
    condition: conditions.Condition

    @property
    def is_open(self) -> bool:
        """Tell whether the fields of an inactive server should be seen all the same."""
        return any(field.errors for field in self.form)

    @property
    def certificate_is_open(self) -> bool:
        """Tell whether what is said about the certificate should be seen at once."""
        return any(self.form[name].errors for name in TRUST_FIELDS)

    @property
    def offered(self) -> Markup:
        """Return what the server offered when it last worked, by the names that it uses itself."""
        offer = self.server.offered_here
        if offer is None:
            return Markup()
        return listed([*(["STARTTLS"] if offer.starttls else []), *offer.mechanisms])

    @property
    def trusted_groups(self) -> tuple[str, ...]:
        """Return the fingerprint in the form, in parts that an eye can compare."""
        field = self.form["trusted_certificate"]
        return () if field.errors or not field.data else pins.groups(field.data)

    @property
    def fingerprint_groups(self) -> tuple[str, ...]:
        """Return the fingerprint of the certificate with which it last worked."""
        offer = self.server.offered_here
        return pins.groups(offer.certificate) if offer else ()


@dataclass(frozen=True, slots=True)
class TestShown:
    """A finished test on the page."""

    __test__ = False

    role: Role
    steps: Sequence[Step]
    result: Result


@dataclass(frozen=True, slots=True)
class PortsShown:
    """The usual ports of a server, looked at on demand."""

    role: Role
    host: str
    rows: Sequence[PortRow]

    @property
    def message(self) -> object:
        """Say what the table is, or why there is none."""
        return _PORTS if self.rows else _NO_PORTS


def render(
    form: SmtpForm,
    settings: MailSettings,
    *,
    warned: Sequence[Warned] = (),
    test: TestShown | None = None,
    found: object = None,
    ports: PortsShown | None = None,
    wait: str = "",
    template: str = "smtp_settings/edit.html",
    **more: object,
) -> str:
    """Draw the page, or one that is made of it."""
    problems = [(_section_name(field.name), field, error) for field, error in faults(form)]
    for one in warned:
        one.field.errors = [one.sentence]
    _ask_for_passwords_again(form, refused=bool(problems or warned))
    helps.point_at_them(form)
    if test:
        _mark_guilty(form, test.result)
    return render_template(
        template,
        form=form,
        settings=settings,
        cards=[_card(form, server) for server in settings.servers],
        warned=warned,
        problems=problems,
        problems_title=_n(
            "Nothing was stored: %(shown)s thing needs attention",
            "Nothing was stored: %(shown)s things need attention",
            len(problems),
            shown=number(len(problems)),
        ),
        test=test,
        found=found,
        test_name=NAMES[test.role] if test else "",
        titles=TITLES,
        ports=ports,
        explained=explained,
        wait=wait,
        **more,
    )


def _card(form: SmtpForm, server: ServerSettings) -> ServerCard:
    return ServerCard(
        role=server.role.value,
        name=NAMES[server.role],
        note=_NOTES[server.role],
        test_label=_TESTS[server.role],
        test_url=url_for("connection_test.create", role=server.role.value),
        ports_url=url_for("connection_test.ports", role=server.role.value),
        form=form.section(server.role),
        server=server,
        condition=mail_now.glance().conditions[server.role],
    )


def _ask_for_passwords_again(form: SmtpForm, *, refused: bool) -> None:
    """Say that a typed password is not on the page any more: passwords are never sent back."""
    for role in Role:
        section = form.section(role)
        if not section.new_password:
            continue
        if refused and not section.password.errors:
            section.password.errors = [_AGAIN]
        section.password.hint = _AGAIN


def _mark_guilty(form: SmtpForm, result: Result) -> None:
    """Say beside the guilty fields what the test met with, where they can be changed."""
    for guilty in result.fields:
        role, _dash, name = guilty.rpartition("-")
        fields: Any = form.section(Role(role)) if role else form
        if name in fields and not fields[name].locked and not fields[name].errors:
            fields[name].errors = [result.meaning]


def _section_name(field_name: str) -> object:
    role = field_name.partition("-")[0]
    return NAMES[Role(role)] if role in set(Role) else ""
