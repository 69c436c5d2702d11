"""What every form field has besides its value: words around it, a lock, and manners at the door.

Hostile input (a field sent twice, NUL, broken Unicode, direction overrides, a megabyte) is
refused before any rule is asked, with a sentence, and is never echoed or stored.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from markupsafe import Markup
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.i18n.text import _
from app.web.drawing.markup import attributes
from app.web.forms.validators import Length, Optional, Required

_HOSTILE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufffd-\uffff\ud800-\udfff]")
_LINE_BREAK = re.compile("[\n\r\u2028\u2029]")
_ECHO_FACTOR: Final = 4
_ECHO_LEAST: Final = 1024


class Drawn(Field):
    """What every field has besides its value: words around it, a lock, and manners at the door."""

    kind = "text"
    input_type = "text"
    ltr = False
    inputmode = ""
    several_lines = False
    # Whether a value is kept that is not shown.
    stored = False
    # Where the help stands when it does not come with the page.
    help_url = ""

    def __init__(
        self,
        label: str | None = None,
        validators: Sequence[Callable[..., object]] = (),
        *,
        hint: object = "",
        help: object = "",  # noqa: A002  # the word of the pages
        optional: bool = False,
        limit: int = 254,
        autocomplete: str = "off",
        placeholder: str = "",
        **options: Any,
    ) -> None:
        self.hint, self.help, self.optional, self.limit = hint, help, optional, limit
        self.autocomplete, self.placeholder = autocomplete, placeholder
        self.locked = ""
        self.cleaned = False
        super().__init__(label, [*self._manners(), *validators], **options)

    def _manners(self) -> list[Callable[..., object]]:
        """The rules that come with the kind of field, before those of the form."""
        return [Optional() if self.optional else Required(), Length(max=self.limit)]

    def lock(self, variable: str, value: Any) -> None:
        """Fix the value from outside: what is typed is ignored, the page names the variable."""
        self.locked, self.data = variable, value
        self.raw_data, self.process_errors = None, []

    def control(self, given: Mapping[str, object]) -> Markup:
        """The box itself with these attributes: what its widget writes, in a tenth of its time."""
        written = {"id": self.id, "name": self.name, "required": self.is_required, **given}
        text = cast(Any, self)._value()  # noqa: SLF001  # each kind of field has one
        if self.several_lines:
            return Markup("<textarea{}>\r\n{}</textarea>").format(attributes(written), text)
        written |= {"type": self.input_type, "value": text}
        return Markup(f"<input{attributes(written)}>")  # noqa: S704  # escaped there

    @property
    def is_required(self) -> bool:
        """Whether the browser may say that something must be there."""
        return bool(self.flags.required)

    @property
    def described_by(self) -> str:
        """The ids of the words around the control that are there, for those who cannot see them."""
        words = (("error", self.errors), ("locked", self.locked), ("hint", self.hint))
        return " ".join(f"{self.id}-{part}" for part, there in words if there)

    def pre_validate(self, _form: BaseForm) -> None:
        """Ask no rule about a locked field, nor about input that was refused at the door."""
        if self.locked or self.process_errors:
            raise StopValidation

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the one value that was sent; a missing one is an empty one."""
        self.data = self.blank()
        text = self._only(valuelist)
        if text is not None:
            self.accept(text)

    def blank(self) -> Any:
        """The value of a field that was left empty or refused."""
        return ""

    def accept(self, text: str) -> None:
        """Make a value of what was typed."""
        self.data = text

    def _only(self, valuelist: list[Any]) -> str | None:
        """The value, when there is one and no more and it is decent; else a sentence."""
        if not valuelist:
            return None
        if len(valuelist) > 1:
            raise ValueError(_("This field was sent more than once; fill it in once."))
        text = str(valuelist[0])
        if len(text) > max(_ECHO_FACTOR * self.limit, _ECHO_LEAST):
            raise ValueError(_("This text is far too long."))
        return self._decent(text)

    def _decent(self, text: str) -> str:
        """The text, unless it holds characters that no person types."""
        if _HOSTILE.search(text):
            raise ValueError(_("This text holds characters that are not allowed; type it again."))
        if not self.several_lines and _LINE_BREAK.search(text.strip()):
            raise ValueError(_("Write it on one line, without line breaks."))
        return text
