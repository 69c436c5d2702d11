"""The servers that Peyk sends through, saved as an administrator would, without the page."""

from dataclasses import replace

from app.core import audit
from app.mail.models import Encryption
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from app.mail.servers import servers
from tests.postbox import Postbox


def use(
    primary: Postbox | int | None, secondary: Postbox | int | None = None, **settings: object
) -> None:
    """Save these as the servers; a number is the port of a dead one, None is not active."""
    change = SettingsChange(
        sender_address="support@example.com",
        sender_name="سامانه پشتیبانی Peyk",
        smtp_active=True,
        primary=_change(primary),
        secondary=_change(secondary),
    )
    servers.save(replace(change, **settings), audit.SYSTEM)  # type: ignore[arg-type]


def _change(box: Postbox | int | None) -> ServerChange:
    if box is None:
        return ServerChange(requires_auth=False)
    port = box if isinstance(box, int) else box.port
    credentials = None if isinstance(box, int) else box.credentials
    encryption = Encryption.NONE
    if isinstance(box, Postbox) and box.tls:
        encryption = Encryption.TLS if box.implicit_tls else Encryption.STARTTLS
    return ServerChange(
        host="127.0.0.1" if encryption is Encryption.NONE else "localhost",
        port=port,
        encryption=encryption,
        requires_auth=credentials is not None,
        username=credentials[0] if credentials else "",
        password=Secret(credentials[1]) if credentials else None,
        active=True,
    )
