"""The longer words about each field: on a page of their own, from where they come when asked for.

They are a fifth of the settings page, and the same at each visit.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from flask import url_for
from wtforms import FormField

from app.i18n.text import _
from app.web.forms.drawn import Drawn
from app.web.smtp.form import SmtpForm

# What each server explains in its own words; everything else they have in common.
_OWN: Final = frozenset({"active", "sender_address"})

Group = tuple[str, Sequence[Drawn]]


def point_at_them(form: SmtpForm) -> None:
    """Let each field say where its help stands."""
    page = url_for("smtp_settings.helps")
    for field in _fields(form):
        field.help_url = f"{page}#{name_of(field)}"


def name_of(field: Drawn) -> str:
    """Return the name under which the help of a field stands on the page of all."""
    return f"help-{field.id if field.short_name in _OWN else field.short_name}"


def groups(form: SmtpForm) -> list[Group]:
    """Return every field that has help, once, in the order of the settings."""
    sender = [form.sender_address, form.sender_name, form.smtp_active]
    servers = {name_of(field): field for field in _fields(form)}
    for field in (*sender, form.recipient):
        del servers[name_of(field)]
    return [
        (_("Sender"), sender),
        (_("Servers"), list(servers.values())),
        (_("Connection test"), [form.recipient]),
    ]


def _fields(form: SmtpForm) -> Iterator[Drawn]:
    """Every field that has help."""
    for one in form:
        fields = one.form if isinstance(one, FormField) else (one,)
        yield from (field for field in fields if isinstance(field, Drawn) and field.help)
