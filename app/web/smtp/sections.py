"""The sections of the form, one for each server: its fields, and what they ask for together."""

import re
from typing import Any

from app.i18n.text import _l
from app.mail.models import Encryption
from app.mail.server_settings import DEFAULT_PORTS, Secret, ServerChange
from app.mail.servers.fixed import MAX_CONNECTIONS, MAX_PER_MINUTE
from app.web.forms.fields import AddressField, CountField, MachineField, SwitchField
from app.web.smtp.fields import ServerFields
from app.web.smtp.validators import Fingerprint, ServerName

_MASK = re.compile("[•●∙·*＊]+")


class ServerSection(ServerFields):
    """The fields of one server."""

    certificate_name = MachineField(
        _l("Name expected in the certificate"),
        [ServerName()],
        limit=253,
        optional=True,
        placeholder="server.yourhost.com",
        hint=_l("Empty: the name of the SMTP server itself."),
        help=_l(
            "On shared hosting the certificate is often issued to the hosting company's own server "
            "and not to “mail.” and your domain. Enter here the name that the certificate holds; "
            "the system then asks the server for that name and accepts no other.\n\n"
            "Who issued the certificate and how long it is valid is checked as always. Enter only "
            "a name that you know to be your hosting company's."
        ),
    )
    trusted_certificate = MachineField(
        _l("Trust exactly this certificate"),
        [Fingerprint()],
        limit=200,
        optional=True,
        hint=_l("The SHA-256 fingerprint of one certificate. Empty: the usual check."),
        help=_l(
            "Only for a server that you know and whose certificate nobody vouches for. The system "
            "then accepts this one certificate and no other; name, issuer and expiry are not "
            "judged any more.\n\n"
            "Get the fingerprint from the mail host in a way that does not go through this "
            "connection: by telephone, or from its panel. When the host renews the certificate, "
            "mail through this server stops until you enter the new fingerprint."
        ),
    )
    forget_offer = SwitchField(
        _l("Forget what this server offered before"),
        hint=_l(
            "Only when the mail host confirms the change: what the server offers next time counts "
            "from then on."
        ),
    )
    max_connections = CountField(
        _l("Connections at once"),
        low=1,
        high=MAX_CONNECTIONS,
        optional=True,
        hint=_l("Usually 4; less when the server says “too many connections”."),
        help=_l(
            "How many connections all workers together may have to this server at the same time."
        ),
    )
    messages_per_minute = CountField(
        _l("Messages a minute"),
        low=0,
        high=MAX_PER_MINUTE,
        optional=True,
        hint=_l("0 means no limit."),
        help=_l(
            "Many hosts take only so many messages an hour and refuse, or block, who sends more. "
            "What is too much for this minute waits for the next; nothing is lost."
        ),
    )
    active = SwitchField(_l("Server active"))

    @property
    def new_password(self) -> Secret | None:
        """The password that was typed; a mask that some program filled in is none."""
        typed = self.password.data or ""
        return Secret(typed) if typed and not self.holds_mask else None

    @property
    def holds_mask(self) -> bool:
        """Tell whether only the signs came back that stand for a stored password."""
        return _MASK.fullmatch(self.password.data or "") is not None

    def change(self) -> ServerChange:
        """Return what is wanted of this server."""
        encryption = Encryption(self.encryption.data or Encryption.STARTTLS)
        return ServerChange(
            host=self.host.data or "",
            port=int(self.port.data or DEFAULT_PORTS[encryption]),
            encryption=encryption,
            requires_auth=bool(self.requires_auth.data),
            username=self.username.data or "",
            password=self.new_password,
            forget_password=bool(self.forget_password.data),
            active=bool(self.active.data),
            sender_address=ascii_address(self._fields.get("sender_address")),
            certificate_name=_if_sent(self.certificate_name),
            trusted_certificate=_if_sent(self.trusted_certificate),
            forget_offer=bool(self.forget_offer.data),
            max_connections=self.max_connections.number,
            messages_per_minute=self.messages_per_minute.number,
        )


class PrimarySection(ServerSection):
    """The server that is asked first."""

    active = SwitchField(
        _l("Primary SMTP active"),
        hint=_l("Off: the system does not use this server."),
        help=_l(
            "Every mail is offered to this server first. When it is off, all mail goes through the "
            "secondary server, if that one is on."
        ),
    )


class SecondarySection(ServerSection):
    """The server that is asked when the primary cannot take a message."""

    active = SwitchField(
        _l("Secondary SMTP active"),
        hint=_l("Off: the system does not use this server."),
        help=_l(
            "A second way for your mail, best at another company than the first. It is used "
            "only while the primary server fails; then the primary takes over again."
        ),
    )
    sender_address = AddressField(
        _l("Secondary sender address"),
        optional=True,
        placeholder="support@yourdomain.com",
        hint=_l("Empty: the main sender address."),
        help=_l(
            "Another account often may not send with the main sender address. Enter here the "
            "address that this server accepts; mail through it then comes from this address."
        ),
    )


def _if_sent(field: MachineField) -> str | None:
    """Return what was typed, or None when the sender of the form does not know the field."""
    return (field.data or "") if field.raw_data else None


def ascii_address(field: Any) -> str:
    """Return the address of a field as servers want it, or an empty string."""
    address = field.address if field is not None else None
    return address.ascii if address else ""
