"""The settings of the system: how it is called, which language and time it keeps, who may register.

One row. What the environment fixes stands above it. Every page and mail asks for them, so a
process remembers them for a moment; whoever saves, or edits them, reads them anew.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from flask import has_request_context
from sqlalchemy import JSON, String, Text, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Config, current_config
from app.core import audit, clock, transaction, vault
from app.core.addresses import MAX_LENGTH as ADDRESS_LENGTH
from app.core.columns import UtcDateTime
from app.core.prepared import PreparedQuery
from app.extensions import Base, db
from app.here import application, kept_here
from app.i18n import locales

logger = logging.getLogger("peyk.settings")

TIME_ZONE: Final = "Asia/Tehran"
MAX_NAME: Final = 60
LINK_HOURS: Final = range(1, 169)
RETENTION_DAYS: Final = range(1, 3651)
_ONLY: Final = 1
_PLAIN: Final = (
    "names",
    "locale",
    "time_zone",
    "registration_open",
    "link_hours",
    "retention_days",
    "contact",
    "webhook_url",
)
_STORED: Final = (*_PLAIN, "sealed_webhook_secret", "updated_at", "updated_by")
_PURPOSE: Final = "webhook"
_KEPT: Final = "peyk.site"
_HERE: Final = "site"
_FRESH_SECONDS: Final = 1.0


class SiteRow(Base):
    """The settings as an administrator confirmed them; there is one row."""

    __tablename__ = "site_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    locale: Mapped[str] = mapped_column(String(8))
    time_zone: Mapped[str] = mapped_column(String(64))
    registration_open: Mapped[bool]
    link_hours: Mapped[int]
    retention_days: Mapped[int]
    webhook_url: Mapped[str] = mapped_column(String(2000))
    sealed_webhook_secret: Mapped[str] = mapped_column(Text)
    # Where people may ask when they are stuck; empty when nobody is named.
    contact: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), default="", server_default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(320))


_READ: Final = PreparedQuery(
    select(*(getattr(SiteRow, name) for name in _STORED)).where(SiteRow.id == _ONLY)
)


@dataclass(frozen=True, slots=True)
class Site:
    """The settings in force; `locked` names the variables of those that the environment fixes.

    `names` has a name for each language that was given one; `webhook_secret` is sealed, or the
    environment's own.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    locale: str = locales.DEFAULT
    time_zone: str = TIME_ZONE
    registration_open: bool = True
    link_hours: int = 24
    retention_days: int = 90
    contact: str = ""
    webhook_url: str = ""
    sealed_webhook_secret: str = field(default="", repr=False)
    locked: Mapping[str, str] = field(default_factory=dict)
    updated_at: datetime | None = None
    updated_by: str = ""

    @property
    def link_life(self) -> timedelta:
        """Return how long an activation link lives."""
        return timedelta(hours=self.link_hours)

    @property
    def webhook_secret(self) -> str:
        """Return the secret that signs news of alerts; empty when there is none to be read."""
        if "webhook_url" in self.locked:
            return current_config().alert_webhook_secret
        if not self.sealed_webhook_secret:
            return ""
        try:
            return vault.unseal(self.sealed_webhook_secret, _PURPOSE)
        except vault.VaultKeyLost:
            return ""

    @property
    def secret_state(self) -> Literal["none", "stored", "unreadable"]:
        """Tell whether a secret is there, and whether it can still be read."""
        if self.webhook_secret:
            return "stored"
        return "unreadable" if self.sealed_webhook_secret else "none"


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What an administrator confirmed; a secret of None keeps the stored one."""

    names: Mapping[str, str]
    locale: str
    time_zone: str
    registration_open: bool
    link_hours: int
    retention_days: int
    contact: str = ""
    webhook_url: str = ""
    webhook_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read, when, and the settings that it made under a configuration."""

    at: float
    stored: Mapping[str, Any]
    config: Config
    site: Site


def current() -> Site:
    """Return the settings, the same ones for a whole request and not older than a second then.

    They are the last known ones when the database does not answer.
    """
    if has_request_context() and (found := kept_here().get(_HERE)):
        return cast(Site, found)
    kept: _Kept | None = application().extensions.get(_KEPT)
    if kept is None or time.monotonic() - kept.at >= _FRESH_SECONDS:
        return read()
    return _remembered(kept.site if kept.config is current_config() else _above(kept.stored))


def read() -> Site:
    """Return the settings as they are stored now."""
    kept: _Kept | None = application().extensions.get(_KEPT)
    try:
        stored = _stored()
    except SQLAlchemyError as error:
        logger.warning("settings not read", extra={"fields": {"error": type(error).__name__}})
        return _remembered(_above(kept.stored if kept else {}))
    site = _above(stored)
    application().extensions[_KEPT] = _Kept(time.monotonic(), stored, current_config(), site)
    return _remembered(site)


def forget() -> None:
    """Ask the database again the next time."""
    application().extensions.pop(_KEPT, None)
    kept_here().pop(_HERE, None)


def time_zone() -> str:
    """Return the name of the time zone of the site."""
    return current_config().time_zone or current().time_zone


def save(change: SiteChange, actor: audit.Actor) -> Site:
    """Store what was confirmed, as far as nothing fixes it; audited, commits."""
    transaction.begin()
    before = read()
    row = db.session.get(SiteRow, _ONLY)
    if row is None:
        row = SiteRow(id=_ONLY, sealed_webhook_secret="")
        db.session.add(row)
    for name in _PLAIN:
        setattr(row, name, getattr(before if name in before.locked else change, name))
    _write_secret(row, change, before)
    row.updated_at, row.updated_by = clock.now(), actor.label
    if details := _differences(before, change, row):
        audit.record("settings.changed", actor=actor, target="settings", details=details)
    db.session.commit()
    return read()


def _write_secret(row: SiteRow, change: SiteChange, before: Site) -> None:
    if "webhook_url" in before.locked:
        row.webhook_url = ""
    elif not change.webhook_url:
        row.sealed_webhook_secret = ""
    elif change.webhook_secret:
        row.sealed_webhook_secret = vault.seal(change.webhook_secret, _PURPOSE)
    elif row.sealed_webhook_secret:
        row.sealed_webhook_secret = vault.renewed(row.sealed_webhook_secret, _PURPOSE)


def _differences(before: Site, change: SiteChange, row: SiteRow) -> dict[str, object]:
    """Return what changed, from what to what; of the secret only that it changed."""
    found: dict[str, object] = {}
    for name in _PLAIN:
        old, new = getattr(before, name), getattr(change, name)
        if name not in before.locked and old != new:
            found[name] = {"from": _readable(old), "to": _readable(new)}
    is_gone = before.sealed_webhook_secret and not row.sealed_webhook_secret
    if is_gone or (change.webhook_secret and row.sealed_webhook_secret):
        found["webhook_secret"] = "changed"
    return found


def _readable(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def _stored() -> Mapping[str, Any]:
    """Read the row by a connection of its own: nobody's transaction begins or ends by it."""
    with db.engine.connect() as connection:
        rows = _READ.rows(connection)
    return dict(zip(_STORED, rows[0], strict=True)) if rows else {}


def _remembered(found: Site) -> Site:
    if has_request_context():
        kept_here()[_HERE] = found
    return found


def _above(stored: Mapping[str, Any]) -> Site:
    """Lay what the environment fixes over what is stored."""
    values, variables = _fixed(current_config())
    return Site(**{**stored, **values}, locked=variables)


def _fixed(config: Config) -> tuple[dict[str, Any], dict[str, str]]:
    found = {
        "time_zone": (config.time_zone, "PEYK_TIME_ZONE"),
        "retention_days": (config.retention_days, "PEYK_RETENTION_DAYS"),
        "webhook_url": (config.alert_webhook_url, "PEYK_ALERT_WEBHOOK_URL"),
    }
    given = {name: pair for name, pair in found.items() if pair[0] is not None}
    values = {name: value for name, (value, _variable) in given.items()}
    return values, {name: variable for name, (_value, variable) in given.items()}
