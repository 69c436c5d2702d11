"""The form of the system settings: its fields, with the words that stand beside them."""

from typing import Any, Final

from flask_babel import LazyString
from markupsafe import Markup
from wtforms import Field
from wtforms.validators import ValidationError

from app.config import MIN_TOKEN_LENGTH, current_config, is_plain_url
from app.core import clock, site
from app.core.site import Site, SiteChange
from app.i18n import formats, locales
from app.i18n.text import _, _l
from app.mail.alerts.webhook import Receiver
from app.web.drawing.markup import fill, in_language, language, ltr
from app.web.forms.fields import (
    AddressField,
    ChoiceField,
    CountField,
    HumanField,
    MachineField,
    PeykForm,
    SecretField,
    SwitchField,
)
from app.web.forms.validators import PlainName, SingleLine
from app.web.visitors.time_zones import TimeZone

_NAME: Final = "name_{}"
_SAME: Final = (
    "locale",
    "time_zone",
    "registration_open",
    "link_hours",
    "retention_days",
    "contact",
)
_SECRET_VARIABLE: Final = "PEYK_ALERT_WEBHOOK_SECRET"


class SettingsForm(PeykForm):
    """What an administrator decides about the system as a whole; a name for each language."""

    locale = ChoiceField(
        _l("Default language"),
        choices=[(locale.code, locale.name) for locale in locales.LOCALES.values()],
        hint=_l("For whoever has not chosen a language."),
        help=_l(
            "Everybody can switch the language of their own pages; the mails to a person are in "
            "the language in which that person registered."
        ),
    )
    time_zone = MachineField(
        _l("Time zone"),
        [TimeZone()],
        limit=64,
        placeholder=site.TIME_ZONE,
        help=_l(
            "Times on pages and in mails are those of this zone, and days begin at its midnight, "
            "for everybody who has not chosen another one in their account. Choose from the list, "
            "or write the name of a large city of the zone."
        ),
    )
    registration_open = SwitchField(
        _l("Registration open"),
        hint=_l("Off: only people whom an administrator invites get an account."),
        help=_l(
            "While registration is closed, the page says so kindly and the links to it disappear. "
            "Whoever has registered before can still activate; invitations go on working."
        ),
    )
    link_hours = CountField(
        _l("Validity of activation links, in hours"),
        low=site.LINK_HOURS[0],
        high=site.LINK_HOURS[-1],
        hint=_l("From 1 to 168 hours; 24 is usual."),
        help=_l(
            "Counted from the moment at which a mail server took the mail, so that nobody loses "
            "time while mail does not work. Links that were sent before keep their time."
        ),
    )
    retention_days = CountField(
        _l("Keep sent mail, in days"),
        low=site.RETENTION_DAYS[0],
        high=site.RETENTION_DAYS[-1],
        hint=_l("After that it disappears from the outbox; 90 is usual."),
        help=_l(
            "Mail that failed is kept twice as long, because somebody may still ask why. The "
            "audit log is never deleted."
        ),
    )
    contact = AddressField(
        _l("Contact for people who are stuck"),
        optional=True,
        autocomplete="email",
        placeholder="help@yourdomain.com",
        hint=_l("Empty: nobody is named."),
        help=_l(
            "Stands below pages on which somebody waits for a mail. Everybody can see it, so take "
            "the address of a team, best at another company than the one that sends this mail."
        ),
    )
    webhook_url = MachineField(
        _l("Address of the receiver"),
        limit=2000,
        optional=True,
        placeholder="https://monitor.yourdomain.com/peyk",
        hint=_l("Empty: nobody is told outside this panel."),
        help=_l(
            "Whenever mail fails or works again, a short message (JSON) is sent to this web "
            "address: to a monitoring system or to a relay that writes it into a chat. Nothing "
            "about persons and no password is in it."
        ),
    )
    webhook_secret = SecretField(
        _l("Secret of the receiver"),
        optional=True,
        autocomplete="new-password",
        hint=_l("At least 16 characters; the receiver has to know the same ones."),
        help=_l(
            "Each message is signed with it, so the receiver can tell that it comes from here. It "
            "is stored encrypted and never shown again; left empty, the stored one is kept."
        ),
    )

    @classmethod
    def showing(cls, settings: Site) -> "SettingsForm":
        """Return the form over the settings: what is posted, above what is in force."""
        form = cls(data=_values(settings))
        for code in locales.LOCALES:
            form[_NAME.format(code)].hint = _without_a_name(code)
        form.time_zone.hint = _now_there()
        form.webhook_secret.stored = settings.secret_state == "stored"
        if settings.secret_state == "stored":
            form.webhook_secret.hint = _l("A secret is stored. Leave this empty to keep it.")
        if settings.secret_state == "unreadable":
            form.webhook_secret.hint = _l("The stored secret can no longer be read; type it again.")
        for name, variable in settings.locked.items():
            form[name].lock(variable, getattr(settings, name))
        if "webhook_url" in settings.locked:
            form.webhook_secret.lock(_SECRET_VARIABLE, "")
        return form

    @property
    def names(self) -> list[HumanField]:
        """The fields of the names, in the order of the languages."""
        return [self[_NAME.format(code)] for code in locales.LOCALES]

    def validate_webhook_url(self, field: Field) -> None:
        """Refuse what is no plain web address."""
        if not is_plain_url(field.data or ""):
            example = ltr("https://monitor.yourdomain.com/peyk")
            raise ValidationError(
                fill(_("Write a web address without a password, like %(example)s"), example=example)
            )

    def validate_webhook_secret(self, field: Field) -> None:
        """Refuse a secret that can be guessed or typed in two ways."""
        text = field.data or ""
        if len(text) < MIN_TOKEN_LENGTH or not (text.isascii() and text.isprintable()):
            raise ValidationError(
                _("Write at least 16 Latin letters, digits and signs, without line breaks.")
            )

    def validate(self, *args: Any, **options: Any) -> bool:
        """Check every field, then that an address has its secret."""
        is_good = super().validate(*args, **options)
        secret = self.webhook_secret
        has_one = secret.data or secret.stored or secret.locked or secret.errors
        if not self.webhook_url.data or has_one:
            return is_good
        secret.errors = [_("Type the secret with which the messages are signed.")]
        return False

    def change(self) -> SiteChange:
        """Return what was asked for."""
        return SiteChange(
            names={
                code: name
                for code in locales.LOCALES
                if (name := self[_NAME.format(code)].data or "")
            },
            webhook_url=self.webhook_url.data or "",
            webhook_secret=self.webhook_secret.data or None,
            **{name: self[name].data for name in _SAME},
        )

    def receiver(self, settings: Site) -> Receiver:
        """Return whom a test would tell: what is in the form, with the stored secret if need be."""
        is_operators = "webhook_url" in settings.locked
        url = settings.webhook_url if is_operators else self.webhook_url.data or ""
        return Receiver(url, self.webhook_secret.data or settings.webhook_secret, is_operators)


for _code in locales.LOCALES:
    _field = HumanField(
        _l("Name of the system in %(language)s", language=LazyString(language, _code)),
        [SingleLine(), PlainName()],
        limit=site.MAX_NAME,
        optional=True,
    )
    setattr(SettingsForm, _NAME.format(_code), _field)


def _values(settings: Site) -> dict[str, Any]:
    values = {name: getattr(settings, name) for name in (*_SAME, "webhook_url")}
    return values | {_NAME.format(code): name for code, name in settings.names.items()}


def _without_a_name(code: str) -> Markup:
    with locales.use(code):
        usual = str(_("Support System"))
    return fill(_("Empty: “%(name)s”"), name=in_language(usual, locales.get(code)))


def _now_there() -> Markup:
    now = formats.format_datetime(clock.now(), "medium", time_zone=site.time_zone())
    return fill(_("The time there is now: %(time)s"), time=now)


def public_url() -> str:
    """Return the address at which links in mails begin."""
    return current_config().public_url
