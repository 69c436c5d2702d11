"""The rows of the settings: the sender, and both servers with their sealed passwords.

Everything here happens in the caller's transaction.
"""

from collections.abc import Mapping
from typing import Any

from app.core import audit, clock, vault
from app.extensions import db
from app.mail import models
from app.mail.models import Role, SmtpServer
from app.mail.server_settings import (
    SETTINGS_FIELDS,
    MailSettings,
    PasswordState,
    Secret,
    ServerChange,
    ServerSettings,
    SettingsChange,
)
from app.mail.servers import breaker, offer_memory

ONLY = 1


def password(
    role: Role, row: SmtpServer | None, above: Mapping[str, Any]
) -> tuple[Secret | None, PasswordState]:
    """Return the password of a server and whether it can be read; `above` is what is fixed."""
    if "password" in above:
        return above["password"], "stored"
    if row is None or not row.sealed_password:
        return None, "none"
    try:
        return Secret(vault.unseal(row.sealed_password, _purpose(role))), "stored"
    except vault.VaultKeyLost:
        return None, "unreadable"


def write_sender(before: MailSettings, change: SettingsChange, actor: audit.Actor) -> None:
    """Write the sender and the switch, as far as nothing fixes them."""
    row = db.session.get(models.MailSettings, ONLY)
    if row is None:
        row = models.MailSettings(id=ONLY, sender_address="", sender_name="", smtp_active=False)
        db.session.add(row)
    for name in SETTINGS_FIELDS:
        if name not in before.locked:
            setattr(row, name, getattr(change, name))
    row.updated_at = clock.now()
    row.updated_by = actor.label


def write_server(before: ServerSettings, change: ServerChange) -> None:
    """Write a server; its password stays unless it was typed, forgotten or left behind.

    One that stays and was sealed with an older key is sealed anew, so that the old key may go.
    """
    row = db.session.get(SmtpServer, before.role)
    if row is None:
        row = SmtpServer(role=before.role, version=0, sealed_password="")
        db.session.add(row)
    for name, value in change.fields_of(before).items():
        setattr(row, name, value)
    if change.forget_offer:
        offer_memory.forget(row)
    if "password" in before.locked:
        return
    if change.password:
        row.sealed_password = vault.seal(change.password.reveal(), _purpose(before.role))
    elif change.forget_password or _moved_without_sign_in(before, change):
        row.sealed_password = ""
    elif row.sealed_password:
        row.sealed_password = vault.renewed(row.sealed_password, _purpose(before.role))


def start_over(role: Role) -> None:
    """Forget the test result and the rest of a server that delivers differently from now on."""
    row = db.session.get_one(SmtpServer, role)
    row.version += 1
    row.tested_version = row.tested_at = row.test_passed = None
    row.test_stage = row.test_code = row.tested_as = ""
    breaker.reset(role)


def _moved_without_sign_in(before: ServerSettings, change: ServerChange) -> bool:
    """Tell whether a server moved while its sign-in was off: the old password must not follow."""
    after = change.applied_to(before)
    return not after.requires_auth and after.destination != before.destination


def _purpose(role: Role) -> str:
    return f"smtp:{role}"
