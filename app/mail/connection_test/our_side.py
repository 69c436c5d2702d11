"""What keeps mail from leaving on our own side, however well a server may answer. Only reads."""

from collections.abc import Iterator

from app.mail.models import Role
from app.mail.server_settings import MailSettings
from app.mail.servers import breaker
from app.mail.status import queries


def remarks(wanted: MailSettings, role: Role) -> tuple[str, ...]:
    """Return the codes of what is so, for a test of that server."""
    return tuple(_codes(wanted, role))


def _codes(wanted: MailSettings, role: Role) -> Iterator[str]:
    if not wanted.smtp_active:
        yield "sys.inactive"
    elif not any(server.active for server in wanted.servers):
        yield "sys.no_active_server"
    if not queries.worker_alive():
        yield "sys.worker_down"
    is_resting = breaker.health(Role.PRIMARY).state is not breaker.State.CLOSED
    if role is Role.PRIMARY and is_resting and wanted.secondary.active:
        yield "sys.breaker_open"
