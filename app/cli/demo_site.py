"""The settings of the demo's system: its name, and that it was closed once and opened again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from app.accounts.models import User
from app.cli import demo_audit
from app.core import site
from app.core.audit import AuditEntry
from app.core.site import SiteRow
from app.extensions import db

NAMES: Final = {"fa": "پشتیبانی آفتاب", "en": "Aftab Support", "ar": "دعم آفتاب"}
LINK_HOURS: Final = 48


def remember(admin: User, now: datetime) -> None:
    """Add the settings to the caller's transaction, as that administrator left them."""
    plain = site.Site()
    db.session.merge(
        SiteRow(
            id=1,
            names=dict(NAMES),
            locale=plain.locale,
            time_zone=plain.time_zone,
            registration_open=True,
            link_hours=LINK_HOURS,
            retention_days=plain.retention_days,
            webhook_url="",
            sealed_webhook_secret="",
            updated_at=now - timedelta(days=18),
            updated_by=admin.email,
        )
    )


def tell(admin: User, now: datetime) -> Iterator[AuditEntry]:
    """Give what was changed on the way there."""
    usual = site.Site().link_hours
    changes: tuple[tuple[int, dict[str, object]], ...] = (
        (25, {"names": {"from": {}, "to": dict(NAMES)}}),
        (19, {"registration_open": {"from": True, "to": False}}),
        (
            18,
            {
                "registration_open": {"from": False, "to": True},
                "link_hours": {"from": usual, "to": LINK_HOURS},
            },
        ),
    )
    for days, details in changes:
        at = now - timedelta(days=days)
        yield demo_audit.entry("settings.changed", at, admin, "settings", details=details)
