"""Time zones by their names: which there are, and those that are asked for most here."""

from functools import cache
from typing import Final
from zoneinfo import available_timezones

from wtforms import Field, Form
from wtforms.validators import ValidationError

from app.i18n.text import _
from app.web.markup import fill, ltr

USUAL: Final = (
    "Asia/Tehran",
    "Asia/Kabul",
    "Asia/Dushanbe",
    "Asia/Baghdad",
    "Asia/Dubai",
    "Asia/Riyadh",
    "Europe/Istanbul",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/London",
    "America/Toronto",
    "America/Los_Angeles",
    "Australia/Sydney",
    "UTC",
)


class TimeZone:
    """The name of a time zone; capitals and blanks do not matter."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Put the name as the list has it, or refuse what is no name."""
        typed = str(field.data or "").replace(" ", "_").casefold()
        known = _known().get(typed)
        if known is None:
            example = ltr("Asia/Tehran")
            raise ValidationError(
                fill(_("There is no such time zone; write it like %(example)s"), example=example)
            )
        field.data = known


@cache
def _known() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
