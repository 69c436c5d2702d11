"""Time zones: which there are, those asked for most here, and their cities in words of people."""

from functools import cache
from typing import Final, NamedTuple
from zoneinfo import available_timezones

from babel import Locale as BabelLocale
from babel.core import get_global
from wtforms import Field, Form
from wtforms.validators import ValidationError

from app.i18n import locales, normalise
from app.i18n.text import _
from app.web.drawing.markup import fill, ltr

_USUAL: Final = (
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
_CONTINENTS: Final = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


class Zone(NamedTuple):
    """A zone by its name, and its city in the language of the reader where it has a name there."""

    name: str
    city: str


class TimeZone:
    """The name of a time zone, or of its city; capitals and blanks do not matter."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Put the name as the list has it, or refuse what is no name."""
        typed = str(field.data or "")
        known = _known().get(typed.replace(" ", "_").casefold()) or _of_city(typed)
        if known is None:
            example = ltr("Asia/Tehran")
            raise ValidationError(
                fill(_("There is no such time zone; write it like %(example)s"), example=example)
            )
        field.data = known


def offered() -> tuple[Zone, ...]:
    """Return the zones to choose from, those asked for most first."""
    return _offered(locales.current().babel)


@cache
def _offered(language: str) -> tuple[Zone, ...]:
    cities, aliases = BabelLocale.parse(language).time_zones, get_global("zone_aliases")
    placed = sorted(name for name in available_timezones() if name.split("/")[0] in _CONTINENTS)
    names = dict.fromkeys([*_USUAL, *placed])
    return tuple(
        Zone(name, cities.get(aliases.get(name, name), {}).get("city", "")) for name in names
    )


def _of_city(typed: str) -> str | None:
    """The zone of a city, in the language of the reader or in Latin letters."""
    return _by_city(locales.current().babel).get(normalise.search_key(typed))


@cache
def _by_city(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, city in _offered(language):
        for word in filter(None, (city, name.rpartition("/")[2].replace("_", " "))):
            found.setdefault(normalise.search_key(word), name)
    return found


@cache
def _known() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
