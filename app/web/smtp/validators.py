"""Rules about one field of the SMTP settings; each says what was found and what to write."""

import re

from wtforms import Field, Form
from wtforms.validators import ValidationError

from app.i18n.text import _
from app.mail.servers.fixed import INCOMING_PORTS
from app.mail.smtp import destinations, pins
from app.web.drawing.markup import fill, ltr

_PORT_AFTER_NAME = re.compile(r"[^:\[\]]+:\d*")


class ServerName:
    """The name or the plain address of a server, and nothing around it."""

    def __call__(self, form: Form, field: Field) -> None:
        """Name what was pasted with it, else keep the form that programs use."""
        host = str(field.data or "")
        _refuse_pasted(host)
        try:
            field.data = destinations.host_name(host)
        except destinations.NotAHost as error:
            example = ltr("mail.yourdomain.com")
            sentence = _("This is not the name of a server. Write it like %(example)s")
            raise ValidationError(fill(sentence, example=example)) from error


class SendingPort:
    """A port at which mail is taken, not one at which it is read."""

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse the well-known ports of IMAP and POP3."""
        if field.data in INCOMING_PORTS:
            sentence = _("Port %(port)s is for reading mail. Sending uses 465 or 587.")
            raise ValidationError(fill(sentence, port=ltr(field.data)))


class Fingerprint:
    """The SHA-256 fingerprint of a certificate, in whatever form it was pasted."""

    def __call__(self, form: Form, field: Field) -> None:
        """Keep its one written form, or say what a fingerprint looks like."""
        try:
            field.data = pins.normal(str(field.data or ""))
        except pins.NotAFingerprint as error:
            sentence = _(
                "This is not a SHA-256 fingerprint: it has 64 hexadecimal digits, for example "
                "%(example)s"
            )
            raise ValidationError(fill(sentence, example=ltr("3F:A0:…:9C"))) from error


def _refuse_pasted(host: str) -> None:
    example = ltr("mail.yourdomain.com")
    if "@" in host:
        sentence = _(
            "This looks like an e-mail address. The server is usually %(server)s; the address "
            "belongs in the user name."
        )
        raise ValidationError(fill(sentence, server=ltr(_guess(host))))
    if "/" in host or _PORT_AFTER_NAME.fullmatch(host):
        sentence = _(
            "Write only the name of the server, for example %(example)s, without a protocol, a "
            "port or a path."
        )
        raise ValidationError(fill(sentence, example=example))


def _guess(address: str) -> str:
    domain = re.sub(r"[^a-z0-9.-].*", "", address.rpartition("@")[2].lower())
    return f"mail.{domain}" if domain else "mail.yourdomain.com"
