"""The sender, the master switch and both servers: read, judge a change, save it.

What the environment fixes lies over what is stored: it is read from there each time, never
written to the database, and what is posted for it is ignored.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.config import current_config
from app.core import audit, transaction
from app.core.errors import Refused
from app.extensions import db
from app.mail import models
from app.mail.engine import engine
from app.mail.models import Encryption, Role, SmtpServer
from app.mail.outbox import outbox
from app.mail.server_settings import (
    LIMIT_FIELDS,
    SERVER_FIELDS,
    SETTINGS_FIELDS,
    TRUST_FIELDS,
    MailSettings,
    Secret,
    ServerChange,
    ServerSettings,
    SettingsChange,
)
from app.mail.servers import (
    connections,
    fingerprints,
    fixed,
    offer_memory,
    server_rows,
    settings_changes,
    stored,
    trial_memory,
)

__all__ = [
    "MailSettings",
    "PasswordNeeded",
    "Secret",
    "ServerChange",
    "ServerSettings",
    "SettingsChange",
    "candidate",
    "check_environment",
    "current",
    "of_rows",
    "password_is_needed",
    "save",
    "sender_for",
    "with_change",
]

check_environment = fixed.check

_STORED = (*SERVER_FIELDS, *TRUST_FIELDS, *LIMIT_FIELDS, "sender_address")


class PasswordNeeded(Refused):
    """The password would go somewhere new, or cannot be read: it has to be typed again."""

    def __init__(self, role: Role) -> None:
        super().__init__(f"the password of the {role} server is needed")
        self.role = role


def current() -> MailSettings:
    """Return the settings as they are in force now."""
    found = stored.read()
    return of_rows(found.sender, found.servers)


def of_rows(
    row: models.MailSettings | None, stored_servers: Mapping[Role, SmtpServer | None]
) -> MailSettings:
    """Return the settings that these rows make, under what the environment fixes."""
    kept = {name: getattr(row, name) for name in SETTINGS_FIELDS} if row else {}
    above = fixed.settings(current_config().environment)
    return MailSettings(
        primary=_server(Role.PRIMARY, stored_servers[Role.PRIMARY]),
        secondary=_server(Role.SECONDARY, stored_servers[Role.SECONDARY]),
        locked=above.variables,
        updated_at=row.updated_at if row else None,
        updated_by=row.updated_by if row else "",
        **{**kept, **above.values},
    )


def sender_for(server: ServerSettings) -> str:
    """Return the address that mail through this server comes from."""
    return current().sender_for(server)


def candidate(settings: MailSettings, role: Role, change: ServerChange) -> ServerSettings:
    """Return the server as it would be after the change, with the password it may use.

    Raises PasswordNeeded when the stored password would travel to another place than before.
    """
    server = settings.server(role)
    after = change.applied_to(server)
    if password_is_needed(server, change):
        raise PasswordNeeded(role)
    password, state = server.password, server.password_state
    if "password" not in server.locked and (change.password or change.forget_password):
        password, state = change.password, "stored" if change.password else "none"
    return replace(after, password=password if after.requires_auth else None, password_state=state)


def with_change(settings: MailSettings, change: SettingsChange) -> MailSettings:
    """Return the settings with another sender and switch, as far as nothing fixes them."""
    wanted = {n: getattr(change, n) for n in SETTINGS_FIELDS if n not in settings.locked}
    return replace(settings, **wanted)


def password_is_needed(server: ServerSettings, change: ServerChange) -> bool:
    """Tell whether a change of destination demands that the password be typed again."""
    after = change.applied_to(server)
    if server.password_state == "none" or not after.requires_auth or not server.is_saved:
        return False
    if after.destination == server.destination:
        return False
    if "password" in server.locked:
        return True
    return not (change.password or change.forget_password)


def save(change: SettingsChange, actor: audit.Actor) -> MailSettings:
    """Store what was confirmed, in one transaction; then let waiting mail go."""
    transaction.begin()
    before = current()
    for role in Role:
        if password_is_needed(before.server(role), change.server(role)):
            db.session.rollback()
            raise PasswordNeeded(role)
    server_rows.write_sender(before, change, actor)
    for role in Role:
        server_rows.write_server(before.server(role), change.server(role))
    db.session.flush()
    after = current()
    moved = _begin_anew(before, after)
    if details := settings_changes.differences(before, after):
        audit.record("smtp_settings.changed", actor=actor, target="smtp", details=details)
    db.session.commit()
    if connections.active_roles(after) and not connections.active_roles(before):
        outbox.release_held()
    elif moved:
        outbox.make_due()
    engine.wake()
    return current()


def _begin_anew(before: MailSettings, after: MailSettings) -> list[Role]:
    """Forget what was known of servers that deliver differently, save a test of just that."""
    moved = settings_changes.roles_that_deliver_differently(before, after)
    for role in moved:
        server_rows.start_over(role)
        trial_memory.adopt(role, fingerprints.of(after, after.server(role)))
    return moved


def _server(role: Role, row: SmtpServer | None) -> ServerSettings:
    above = fixed.server(current_config().environment, role)
    kept: dict[str, Any] = {}
    if row is not None:
        kept = {name: getattr(row, name) for name in _STORED}
        kept["encryption"] = Encryption(row.encryption)
        kept["version"] = row.version
        kept["offered"] = offer_memory.of_row(row)
    password, state = server_rows.password(role, row, above.values)
    values = {**kept, **above.values, "password": password, "password_state": state}
    return ServerSettings(role=role, locked=above.variables, **values)
