"""What somebody has to say about one server: where it is, and how to sign in."""

from app.i18n.text import _l
from app.mail.models import Encryption
from app.web.forms.fields import (
    ChoiceField,
    MachineField,
    PortField,
    SecretField,
    Section,
    SwitchField,
)
from app.web.smtp.example import Example
from app.web.smtp.validators import SendingPort, ServerName


class ServerFields(Section):
    """The fields that most servers need, with the words that stand beside them."""

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
