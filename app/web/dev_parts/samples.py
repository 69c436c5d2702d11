"""What the parts are shown with: short, very long, wrong, locked, in two directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from app.core import clock
from app.core.pagination import Cursor, Page
from app.i18n.text import _, _l
from app.web.forms.drawn import Drawn
from app.web.forms.fields import (
    AddressField,
    ChoiceField,
    CountField,
    HumanField,
    MachineField,
    SecretField,
    Section,
    SwitchField,
    TextField,
)

COLOURS: Final = (
    "bg surface raised line field-line text muted accent accent-strong accent-soft on-accent "
    "ok ok-soft warn warn-soft bad bad-soft"
).split()
ICONS: Final = (
    "mail server standby lock user users sliders home log outbox send globe check cross minus "
    "chevron eye info alert clock theme menu language spark inbox link leave copy repeat edit key "
    "pause back search download plus trash refresh"
).split()
LONG_ADDRESS: Final = f"{'a-very-long-local-part.' * 3}end@{'a-long-label.' * 4}example.com"
LONG_PERSIAN: Final = "کمیتهٔ پشتیبانی و پیگیری درخواست‌های مشترکان شرکت فناوری اطلاعات نمونه " * 3
LONG_LATIN: Final = (
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
)


class SampleForm(Section):
    """One field of each kind."""

    name = HumanField(
        _l("Name"), hint=_l("As it appears in the mail and in the list of users."), optional=True
    )
    address = AddressField(
        _l("E-mail address"),
        placeholder="name@example.com",
        help=_l("The link to choose a password goes to this address."),
    )
    host = MachineField(_l("SMTP server"), placeholder="mail.yourdomain.com")
    password = SecretField(_l("Password"), optional=True)
    count = CountField(_l("Connections at once"), low=1, high=50)
    active = SwitchField(_l("Server active"), hint=_l("Off: the system does not use this server."))
    choice = ChoiceField(
        _l("SSL"),
        choices=[("starttls", "STARTTLS"), ("tls", "SSL/TLS"), ("none", _l("No encryption"))],
    )
    words = TextField(_l("Last words"), optional=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    name: str
    address: str
    state: tuple[str, str, object]


def forms() -> list[tuple[object, SampleForm]]:
    """Return the same form in each of its states, with the name of the state."""
    filled = {"name": "نیکا رضایی", "address": "nika@example.com", "host": "mail.example.com"}
    more = {"count": 4, "active": True, "choice": "starttls"}
    plain = SampleForm(formdata=None, data=filled | more, prefix="plain-")
    plain.password.stored = True
    empty = SampleForm(formdata=None, prefix="empty-")
    wrong = SampleForm(formdata=None, data=filled | {"host": "http://mail"}, prefix="wrong-")
    for field in wrong:
        field.errors = [_("This field is required.")]
    fixed = SampleForm(formdata=None, data=filled | more, prefix="fixed-")
    for field in map(_drawn, fixed):
        field.lock("PEYK_SMTP_PRIMARY_HOST", field.data)
    long = SampleForm(
        formdata=None,
        data={"name": LONG_PERSIAN, "address": LONG_ADDRESS, "host": LONG_ADDRESS, "count": 50},
        prefix="long-",
    )
    return [
        (_("Filled in"), plain),
        (_("Empty"), empty),
        (_("Refused"), wrong),
        (_("Fixed by the environment"), fixed),
        (_("Very long"), long),
    ]


def _drawn(field: Any) -> Drawn:
    """Return a field of the form as what it is."""
    return cast(Drawn, field)


def rows() -> Sequence[Row]:
    """Return lines of a table: usual, and very long."""
    return (
        Row("نیکا رضایی", "nika@example.com", ("ok", "check", _("Active"))),
        Row("Omid Karimi", "omid@example.com", ("bad", "pause", _("Disabled"))),
        Row(LONG_PERSIAN, LONG_ADDRESS, ("warn", "clock", _("Mail waits"))),
        Row(LONG_LATIN, LONG_ADDRESS, ("idle", "minus", _("No mail"))),
    )


def context() -> dict[str, object]:
    """Return everything that the page is made of."""
    now = clock.now()
    page: Page[object] = Page([], Cursor(100, newer=True), Cursor(50))
    return {
        "colours": COLOURS,
        "icons": ICONS,
        "forms": forms(),
        "rows": rows(),
        "page": page,
        "moments": [now, now - timedelta(hours=3), now - timedelta(days=400)],
        "long_address": LONG_ADDRESS,
        "long_latin": LONG_LATIN,
        "long_persian": LONG_PERSIAN,
    }
