"""The fields of one server, with the words that stand beside them."""

import re
from typing import Any

from app.i18n.text import _l
from app.mail.fixed import MAX_CONNECTIONS, MAX_PER_MINUTE
from app.mail.models import Encryption
from app.mail.server_settings import DEFAULT_PORTS, Secret, ServerChange
from app.web.fields import (
    AddressField,
    ChoiceField,
    CountField,
    MachineField,
    PortField,
    SecretField,
    Section,
    SwitchField,
)
from app.web.smtp_example import Example
from app.web.smtp_validators import SendingPort, ServerName

_MASK = re.compile("[•●∙·*＊]+")


class ServerSection(Section):
    """The fields of one server."""

    host = MachineField(
        _l("SMTP server"),
        [ServerName()],
        limit=253,
        optional=True,
        placeholder="mail.yourdomain.com",
        hint=Example(_l("Usually “mail.” and your own domain: %(example)s"), "mail.yourdomain.com"),
        help=_l(
            "The name of the mail server of your domain. An SMTP server takes messages and brings "
            "them on their way to the receivers.\n\n"
            "With your own domain it is usually “mail.” followed by that domain, as in the "
            "example. If that does not connect, ask the company that hosts your mail for the name "
            "of its outgoing server."
        ),
    )
    port = PortField(
        _l("Port"),
        [SendingPort()],
        optional=True,
        placeholder="587",
        hint=_l("587 with STARTTLS, 465 with SSL/TLS"),
        help=_l(
            "The number of the door at which the server takes mail. 25 is the classic port of most "
            "servers, 587 goes with STARTTLS, 465 with SSL/TLS.\n\n"
            "Left empty, the port follows the kind of encryption."
        ),
    )
    encryption = ChoiceField(
        _l("SSL"),
        choices=[
            (Encryption.STARTTLS, "STARTTLS"),
            (Encryption.TLS, "SSL/TLS"),
            (Encryption.NONE, _l("No encryption")),
        ],
        default=Encryption.STARTTLS,
        optional=True,
        hint=_l("Protects password and mail on their way to the server."),
        help=_l(
            "With SSL, nobody between this system and the mail server can read or steal what is "
            "sent: neither the password nor the mail. The host must support it.\n\n"
            "STARTTLS begins plain and then switches to encryption (587); SSL/TLS is encrypted "
            "from the first byte (465). Choose “No encryption” only for a server on this machine "
            "or in your own network."
        ),
    )
    requires_auth = SwitchField(
        _l("Requires authentication"),
        hint=_l("On when the server wants a user name and a password before it takes mail."),
        help=_l(
            "Almost every server wants it. The sign-in is that of the mailbox of the sender "
            "address: its user name and its password."
        ),
    )
    username = MachineField(
        _l("User name"),
        limit=320,
        optional=True,
        placeholder="support@yourdomain.com",
        hint=_l("Usually the full sender address."),
        help=_l(
            "The name with which the mailbox of the sender address signs in. On most hosts it is "
            "the whole e-mail address; on some only the part before the @."
        ),
    )
    password = SecretField(
        _l("Password"),
        optional=True,
        autocomplete="new-password",
        hint=_l("The password of the mailbox."),
        help=_l(
            "The password of the mailbox that signs in. It is stored encrypted and never shown "
            "again; left empty, the stored one is kept.\n\n"
            "Whenever the password of the mailbox changes, enter the new one here too, or mail "
            "stops."
        ),
    )
    forget_password = SwitchField(
        _l("Remove the stored password"),
        hint=_l("It is deleted when you confirm."),
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


def ascii_address(field: Any) -> str:
    """Return the address of a field as servers want it, or an empty string."""
    address = field.address if field is not None else None
    return address.ascii if address else ""
