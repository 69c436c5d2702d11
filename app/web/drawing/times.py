"""Moments on pages: short to the eye, whole to the pointer, exact to programs."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from app.core import clock
from app.i18n import formats
from app.i18n.formats import Style


def moment(value: datetime, style: Style | Literal["relative"] = "relative") -> Markup:
    """A moment as a <time>: how long ago, or one of the styles of `formats`."""
    if style == "relative":
        return formats.Teller(clock.now()).tag(value)
    return formats.time_tag(value, formats.format_datetime(value, style))


def many() -> Callable[[datetime], Markup]:
    """Return what does the same for the many rows of a list, looking up once what they share."""
    return formats.Teller(clock.now()).tag
