"""A sample of every kind of mail: those of the accounts, and that of the connection test."""

from app.accounts.mails import samples
from app.mail import kinds
from app.mail.connection_test import trial
from app.mail.kinds import Written
from app.mail.models import Role
from app.mail.server_settings import ServerSettings

_CONNECTION_TEST = "connection_test"
_SERVER = ServerSettings(Role.PRIMARY, host="mail.example.com")


def names() -> list[str]:
    """Return the kinds of which there is a sample."""
    return [*kinds.names(), _CONNECTION_TEST]


def written(name: str, locale: str) -> Written | None:
    """Return the sample of a kind in a language; None for a kind that is not known."""
    if name == _CONNECTION_TEST:
        return trial.written(_SERVER, locale)
    return samples.written(name, locale) if name in kinds.names() else None
