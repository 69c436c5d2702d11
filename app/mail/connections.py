"""Which servers may be used, and a session with one of them."""

from functools import partial

from app.config import Config
from app.mail import destinations
from app.mail.models import Role
from app.mail.server_settings import MailSettings, ServerSettings
from app.mail.session import Endpoint, Limits, SmtpSession

DELIVERY = Limits()


def active_roles(settings: MailSettings) -> list[Role]:
    """Return the servers that may be used at all, the primary first; none when mail is off."""
    if not settings.smtp_active or not settings.sender_address:
        return []
    return [server.role for server in settings.servers if server.active and server.host]


def session_with(
    server: ServerSettings, config: Config, limits: Limits | None = None
) -> SmtpSession:
    """Return a session, not yet connected: the one that tests and the one that delivers."""
    limits = limits or DELIVERY
    policy = destinations.Policy.parse(config.smtp_private_hosts)
    endpoint = Endpoint(
        host=server.host,
        port=server.port,
        encryption=server.encryption,
        ehlo_name=config.ehlo_name,
        username=server.username,
        password=server.password.reveal() if server.password else "",
        requires_auth=server.requires_auth,
        ca_file=config.smtp_ca_file,
    )
    resolver = partial(destinations.resolve, policy=policy, timeout=limits.resolve)
    return SmtpSession(endpoint, resolver, limits)
