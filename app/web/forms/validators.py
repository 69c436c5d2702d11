"""Rules about one input each; what a rule says is a sentence for people."""

import re
from typing import ClassVar

from markupsafe import Markup
from wtforms import Field, Form
from wtforms.validators import StopValidation, ValidationError

from app.core.addresses import InvalidAddress, Reason, parse
from app.i18n.formats import number
from app.i18n.text import _, _l
from app.web.drawing.markup import fill, ltr

_HOST = re.compile(
    r"(?=.{1,253}\Z)(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.IGNORECASE
)
_IP_V6 = re.compile(r"\[[0-9a-f:.]*:[0-9a-f:.]*\]|(?:[0-9a-f.]*:){2,}[0-9a-f.]*", re.IGNORECASE)
_LINE_BREAK = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LINKLIKE = re.compile(r"://|www\.|@", re.IGNORECASE)


def is_empty(value: object) -> bool:
    """Whether nothing was said: no value, or only blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


class Required:
    """Something must be there; nothing else is said about an empty field."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse nothing, and what is only blanks."""
        if is_empty(field.data):
            raise StopValidation(_("This field is required."))


class Optional:
    """Nothing may be there, and then no other rule is asked."""

    field_flags: ClassVar = {"optional": True}

    def __call__(self, _form: Form, field: Field) -> None:
        """Stop in silence at an empty field."""
        if is_empty(field.data):
            raise StopValidation


class Length:
    """No more (and no fewer) characters than this, counted as people count them."""

    def __init__(self, *, max: int, min: int = 0) -> None:  # noqa: A002  # as WTForms names them
        self.max, self.min = max, min

    def __call__(self, _form: Form, field: Field) -> None:
        """Count the code points of the text as it would be stored."""
        length = len(field.data or "")
        if length > self.max:
            raise ValidationError(_("Write at most %(max)s characters.", max=number(self.max)))
        if length < self.min:
            raise ValidationError(_("Write at least %(min)s characters.", min=number(self.min)))


class SingleLine:
    """Names and subjects stand on one line: a line break would start a new mail header."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse every character that some program takes for the end of a line."""
        if _LINE_BREAK.search(field.data or ""):
            raise ValidationError(_("Write it on one line, without line breaks."))


class HostName:
    """The name or the IP address of a server, and nothing around it."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Say what has to go when a link, a port or an address was written instead."""
        host = str(field.data or "")
        if "/" in host:
            raise ValidationError(
                fill(_("Write the name only, without %(scheme)s."), scheme=ltr("http://"))
            )
        if "@" in host:
            raise ValidationError(_("This is an e-mail address; write the name of the server."))
        if re.fullmatch(r"[^:]+:\d+", host):
            raise ValidationError(_("Write the port in its own field, not after the name."))
        if not (_IP_V6.fullmatch(host) or _HOST.fullmatch(_idna(host))):
            example = ltr("mail.example.com")
            raise ValidationError(
                fill(_("This is not the name of a server. Example: %(example)s"), example=example)
            )


class PlainName:
    """A person's name, not an advertisement: no link and no address in it."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse what a mail program would turn into a link."""
        if _LINKLIKE.search(str(field.data or "")):
            raise ValidationError(_("A name has no link and no e-mail address in it."))


class EmailAddress:
    """One address that mail can be sent to, without asking the network."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse with the reason that helps most."""
        try:
            parse(str(field.data or ""))
        except InvalidAddress as problem:
            raise ValidationError(address_problem(problem)) from problem


_ADDRESS_PROBLEMS = {
    Reason.NO_AT: _l("An e-mail address has an @ in it; write it like %(example)s"),
    Reason.SEVERAL: _l("Write one e-mail address and nothing else, like %(example)s"),
    Reason.NON_ASCII_NAME: _l(
        "Before the @ only Latin letters and digits may stand, like %(example)s"
    ),
    Reason.TOO_LONG: _l("This e-mail address is too long."),
    Reason.RESERVED: _l("No mail can reach this domain; check the part after the @."),
    Reason.DOMAIN: _l("The part after the @ is not a domain; write it like %(example)s"),
    Reason.OTHER: _l("This is not an e-mail address; write it like %(example)s"),
}


def address_problem(problem: InvalidAddress) -> Markup:
    """The sentence for a text that is not an address."""
    return fill(_ADDRESS_PROBLEMS[problem.reason], example=ltr("name@example.com"))


def _idna(host: str) -> str:
    """The name as DNS writes it; empty when DNS could not write it."""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
