"""A fingerprint of everything that decides how a server delivers, secrets included but not seen.

What the environment fixes takes part, so a change there is noticed like one on the page.
"""

import hashlib
import hmac

from app.config import current_config
from app.mail.server_settings import MailSettings, ServerSettings


def of(settings: MailSettings, server: ServerSettings) -> str:
    """Return the fingerprint of a server as it delivers, with a key that is not in the database."""
    password = server.password.reveal() if server.password and server.requires_auth else ""
    parts = (
        server.host,
        str(server.port),
        str(server.encryption),
        server.username,
        str(server.requires_auth),
        password,
        server.password_state,
        settings.sender_for(server),
        # Nothing is added where nothing special is trusted: older fingerprints stay good.
        *filter(None, (server.certificate_name, server.trusted_certificate)),
    )
    key = hashlib.sha256(b"peyk.settings" + current_config().secret_key.encode()).digest()
    return hmac.new(key, "\0".join(parts).encode(), "sha256").hexdigest()
