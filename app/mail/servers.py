"""The sender, the master switch and both servers: read, judge a change, save it.

What the environment fixes lies over what is stored: it is read from there each time, never
written to the database, and what is posted for it is ignored.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.config import current_config
from app.core import audit, clock, transaction, vault
from app.core.errors import Refused
from app.extensions import db
from app.mail import breaker, engine, fingerprints, fixed, models, outbox, settings_changes
from app.mail.models import Encryption, Role, SmtpServer
from app.mail.server_settings import (
    LIMIT_FIELDS,
    SERVER_FIELDS,
    SETTINGS_FIELDS,
    MailSettings,
    PasswordState,
    Secret,
    ServerChange,
    ServerSettings,
    SettingsChange,
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
    "passed_as",
    "password_is_needed",
    "remember_test",
    "save",
    "sender_for",
    "with_change",
]

check_environment = fixed.check
_ROW = 1
_STORED = (*SERVER_FIELDS, *LIMIT_FIELDS, "sender_address")


class PasswordNeeded(Refused):
    """The password would go somewhere new, or cannot be read: it has to be typed again."""

    def __init__(self, role: Role) -> None:
        super().__init__(f"the password of the {role} server is needed")
        self.role = role


def current() -> MailSettings:
    """Return the settings as they are in force now."""
    row = db.session.get(models.MailSettings, _ROW)
    stored = {name: getattr(row, name) for name in SETTINGS_FIELDS} if row else {}
    above = fixed.settings(current_config().environment)
    return MailSettings(
        primary=_server(Role.PRIMARY),
        secondary=_server(Role.SECONDARY),
        locked=above.variables,
        updated_at=row.updated_at if row else None,
        updated_by=row.updated_by if row else "",
        **{**stored, **above.values},
    )


def sender_for(server: ServerSettings) -> str:
    """Return the address that mail through this server comes from."""
    return current().sender_for(server)


def candidate(settings: MailSettings, role: Role, change: ServerChange) -> ServerSettings:
    """Return the server as it would be after the change, with the password it may use.

    Raises PasswordNeeded when the stored password would travel to another place than before.
    """
    server = settings.server(role)
    wanted = _wanted(server, change)
    after = replace(server, **wanted)
    if password_is_needed(server, change):
        raise PasswordNeeded(role)
    password = server.password
    if "password" not in server.locked:
        password = change.password or (None if change.forget_password else password)
    return replace(after, password=password if after.requires_auth else None)


def with_change(settings: MailSettings, change: SettingsChange) -> MailSettings:
    """Return the settings with another sender and switch, as far as nothing fixes them."""
    wanted = {n: getattr(change, n) for n in SETTINGS_FIELDS if n not in settings.locked}
    return replace(settings, **wanted)


def password_is_needed(server: ServerSettings, change: ServerChange) -> bool:
    """Tell whether a change of destination demands that the password be typed again."""
    after = replace(server, **_wanted(server, change))
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
    _write_sender(before, change, actor)
    for role in Role:
        _write_server(before.server(role), change.server(role))
    db.session.flush()
    after = current()
    moved = settings_changes.roles_that_deliver_differently(before, after)
    for role in moved:
        _start_over(role)
    if details := settings_changes.differences(before, after):
        audit.record("smtp_settings.changed", actor=actor, target="smtp", details=details)
    db.session.commit()
    if after.smtp_active and not before.smtp_active:
        outbox.release_held()
    elif moved:
        outbox.make_due()
    engine.wake()
    return current()


def passed_as(role: Role) -> str:
    """Return the fingerprint of the settings with which the server last passed a test."""
    row = db.session.get(SmtpServer, role)
    return row.passed_as if row else ""


def remember_test(
    server: ServerSettings, *, passed: bool, stage: str, code: str, fingerprint: str = ""
) -> None:
    """Keep the result of a test, if what was tested is still what is in force.

    A server that has just proved itself is used again at once, and what waited for it is tried.
    """
    transaction.begin()
    row, settings = db.session.get(SmtpServer, server.role), current()
    in_force = fingerprints.of(settings, settings.server(server.role))
    tried = fingerprint or fingerprints.of(settings, server)
    if row is None or not settings.server(server.role).is_saved or tried != in_force:
        db.session.rollback()
        return
    row.tested_as = in_force
    row.passed_as = in_force if passed else row.passed_as
    row.tested_version = row.version
    row.tested_at = clock.now()
    row.test_passed = passed
    row.test_stage = "" if passed else stage
    row.test_code = "" if passed else code
    if passed:
        breaker.reset(server.role)
    db.session.commit()
    if passed:
        outbox.make_due()
        engine.wake()


def _server(role: Role) -> ServerSettings:
    row = db.session.get(SmtpServer, role)
    above = fixed.server(current_config().environment, role)
    stored: dict[str, Any] = {}
    if row is not None:
        stored = {name: getattr(row, name) for name in _STORED}
        stored["encryption"] = Encryption(row.encryption)
        stored["version"] = row.version
    password, state = _password(role, row, above.values)
    values = {**stored, **above.values, "password": password, "password_state": state}
    return ServerSettings(role=role, locked=above.variables, **values)


def _password(
    role: Role, row: SmtpServer | None, above: Mapping[str, Any]
) -> tuple[Secret | None, PasswordState]:
    if "password" in above:
        return above["password"], "stored"
    if row is None or not row.sealed_password:
        return None, "none"
    try:
        return Secret(vault.unseal(row.sealed_password, _purpose(role))), "stored"
    except vault.VaultKeyLost:
        return None, "unreadable"


def _purpose(role: Role) -> str:
    return f"smtp:{role}"


def _wanted(server: ServerSettings, change: ServerChange) -> dict[str, Any]:
    """Return the plain fields of a change, without those that the environment fixes."""
    names = [*SERVER_FIELDS, *(["sender_address"] if server.role is Role.SECONDARY else [])]
    names += [name for name in LIMIT_FIELDS if getattr(change, name) is not None]
    return {name: getattr(change, name) for name in names if name not in server.locked}


def _write_sender(before: MailSettings, change: SettingsChange, actor: audit.Actor) -> None:
    row = db.session.get(models.MailSettings, _ROW)
    if row is None:
        row = models.MailSettings(id=_ROW, sender_address="", sender_name="", smtp_active=False)
        db.session.add(row)
    for name in SETTINGS_FIELDS:
        if name not in before.locked:
            setattr(row, name, getattr(change, name))
    row.updated_at = clock.now()
    row.updated_by = actor.label


def _write_server(before: ServerSettings, change: ServerChange) -> None:
    row = db.session.get(SmtpServer, before.role)
    if row is None:
        row = SmtpServer(role=before.role, version=0, sealed_password="")
        db.session.add(row)
    wanted = _wanted(before, change)
    for name, value in wanted.items():
        setattr(row, name, value)
    if "password" in before.locked:
        return
    if change.password:
        row.sealed_password = vault.seal(change.password.reveal(), _purpose(before.role))
    elif change.forget_password or _moved_without_sign_in(before, wanted):
        row.sealed_password = ""


def _moved_without_sign_in(before: ServerSettings, wanted: Mapping[str, Any]) -> bool:
    """Tell whether a server moved while its sign-in was off: the old password must not follow."""
    after = replace(before, **wanted)
    return not after.requires_auth and after.destination != before.destination


def _start_over(role: Role) -> None:
    """Forget the test result and the rest of a server that delivers differently from now on."""
    row = db.session.get_one(SmtpServer, role)
    row.version += 1
    row.tested_version = row.tested_at = row.test_passed = None
    row.test_stage = row.test_code = row.tested_as = ""
    breaker.reset(role)
