"""What a worker sees of settings and servers while it works: never older than a second."""

import time
from dataclasses import replace

from app.extensions import db
from app.mail.models import Role
from app.mail.server_settings import MailSettings
from app.mail.servers import breaker, connections, servers, stored
from app.mail.servers.breaker import Standing

FRESHNESS = 1.0


class View:
    """The settings and the standing of the servers, read again when they may have changed.

    What another worker learned about a server is so known here within a second; what this worker
    learns itself it has to say with `look_again`.
    """

    def __init__(self) -> None:
        self._read()

    @property
    def settings(self) -> MailSettings:
        """Return the settings in force."""
        self._refresh()
        return self._settings

    @property
    def roles(self) -> list[Role]:
        """Return the servers that may be used at all, the primary first."""
        self._refresh()
        return self._roles

    def standing(self, only: Role | None = None) -> Standing:
        """Return who may be asked; at most that one server when a message is bound to it."""
        self._refresh()
        if only is None:
            return self._standing
        usable = tuple(role for role in self._standing.usable if role is only)
        return replace(self._standing, usable=usable)

    def may_send(self) -> bool:
        """Tell whether any server may be asked at all."""
        return bool(self.standing().usable)

    def look_again(self) -> None:
        """Read everything anew before the next question."""
        self._read_at = float("-inf")

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at > FRESHNESS:
            self._read()

    def _read(self) -> None:
        found = stored.read()
        db.session.commit()
        self._settings = servers.of_rows(found.sender, found.servers)
        self._roles = connections.active_roles(self._settings)
        self._standing = breaker.standing(self._roles, found.health)
        self._read_at = time.monotonic()
