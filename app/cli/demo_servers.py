"""The servers of the demo: a primary that refuses to let anybody in, a secondary that works.

Both are on this machine, and the secondary is the mail catcher: nothing that is sent from the
demo reaches anybody.
"""

from datetime import datetime, timedelta
from typing import Final

from app.cli import demo_site
from app.cli.demo_history import TRIPPED_FOR, outages
from app.cli.demo_story import HOSTS, SIGN_IN_REFUSED
from app.core import audit
from app.extensions import db
from app.i18n import locales
from app.mail.alerts.conditions import Condition
from app.mail.models import Encryption, MailAlert, Role, ServerHealth, SmtpServer
from app.mail.server_settings import MailSettings, Secret, ServerChange, SettingsChange
from app.mail.servers import fingerprints, servers
from app.mail.smtp.trouble import Stage

SENDER_ADDRESS: Final = "support@example.com"
SENDER_NAME: Final = "سامانه پشتیبانی"
_PASSWORD = Secret("of the demo, for nobody")
_REPLY = f"{SIGN_IN_REFUSED.code} {SIGN_IN_REFUSED.text}"
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def refusal(settings: MailSettings) -> str | None:
    """Say why mail of the demo could reach somebody; nothing when it could not."""
    fixed = sorted(
        {
            *settings.locked.values(),
            *settings.primary.locked.values(),
            *settings.secondary.locked.values(),
        }
    )
    if fixed:
        return (
            "The environment fixes SMTP settings, so mail of the demo would leave through your "
            f"own servers. Unset: {', '.join(fixed)}"
        )
    for server in settings.servers:
        if server.host and server.host not in _HERE:
            return (
                f"The SMTP settings name {server.host}. The demo would replace them; it has a "
                "folder of its own instead: make demo"
            )
    return None


def enter(primary_port: int, catcher_port: int) -> None:
    """Save both servers as an administrator would; commits."""
    primary = ServerChange(
        host=HOSTS[Role.PRIMARY],
        port=primary_port,
        encryption=Encryption.NONE,
        requires_auth=True,
        username=SENDER_ADDRESS,
        password=_PASSWORD,
        active=True,
    )
    secondary = ServerChange(
        host=HOSTS[Role.SECONDARY],
        port=catcher_port,
        encryption=Encryption.NONE,
        requires_auth=False,
        active=True,
    )
    name = demo_site.NAMES[locales.DEFAULT]
    change = SettingsChange(SENDER_ADDRESS, name, True, primary, secondary)
    servers.save(change, audit.CONSOLE)


def follow(primary_port: int, catcher_port: int) -> bool:
    """Enter the servers at their ports of today; tell whether they had stood elsewhere. Commits."""
    settings = servers.current()
    known = [(HOSTS[Role.PRIMARY], primary_port), (HOSTS[Role.SECONDARY], catcher_port)]
    found = [(server.host, server.port) for server in settings.servers]
    if found == known or [host for host, _ in found] != [host for host, _ in known]:
        return False
    enter(primary_port, catcher_port)
    return True


def remember(now: datetime) -> None:
    """Add to the caller's transaction how the servers have fared until now."""
    settings = servers.current()
    for role, ago in ((Role.PRIMARY, 26), (Role.SECONDARY, 12)):
        row = db.session.get_one(SmtpServer, role)
        row.tested_at, row.test_passed = now - timedelta(days=ago), True
        row.tested_as = row.passed_as = fingerprints.of(settings, settings.server(role))
    db.session.merge(_primary_health(now))
    db.session.merge(_secondary_health(now))


def alerts(now: datetime) -> list[MailAlert]:
    """Return what administrators were told: four things that are over, three that are not."""
    month, week, both, tripped = outages(now)
    tripped_at = tripped.begun + timedelta(seconds=40)
    carries = Condition.SECONDARY_CARRIES
    return [
        _alert(Condition.PRIMARY_DOWN, Role.PRIMARY, month.begun, month.ended, str(Stage.CONNECT)),
        _alert(Condition.PRIMARY_DOWN, Role.PRIMARY, week.begun, week.ended, str(Stage.SENDER)),
        _alert(
            Condition.SECONDARY_DOWN, Role.SECONDARY, both.begun, both.ended, str(Stage.CONNECT)
        ),
        _alert(Condition.BOTH_DOWN, None, both.begun, both.ended),
        _alert(Condition.PRIMARY_DOWN, Role.PRIMARY, tripped_at, None, str(Stage.SIGN_IN)),
        _alert(Condition.CREDENTIALS_REFUSED, Role.PRIMARY, tripped_at, None, str(Stage.SIGN_IN)),
        _alert(carries, None, tripped_at, None),
    ]


def _primary_health(now: datetime) -> ServerHealth:
    begun = now - TRIPPED_FOR
    return ServerHealth(
        role=Role.PRIMARY,
        failures=1.0,
        failing_since=begun,
        open_until=now + timedelta(minutes=9),
        times_opened=30,
        last_success_at=begun - timedelta(minutes=2),
        last_failure_at=now - timedelta(minutes=1),
        last_failure_stage=Stage.SIGN_IN,
        last_failure_code="auth.wrong",
        last_failure_reply=_REPLY,
    )


def _secondary_health(now: datetime) -> ServerHealth:
    return ServerHealth(
        role=Role.SECONDARY,
        failures=0.0,
        failing_since=None,
        open_until=None,
        times_opened=0,
        last_success_at=now - timedelta(minutes=2),
        last_failure_at=now - timedelta(days=5),
        last_failure_stage=Stage.CONNECT,
        last_failure_code="tcp.timeout",
        last_failure_reply="timed out",
    )


def _alert(
    condition: Condition,
    role: Role | None,
    begun: datetime,
    ended: datetime | None,
    stage: str = "",
) -> MailAlert:
    refuses = stage == Stage.SIGN_IN
    return MailAlert(
        condition=condition,
        server=role or "",
        since=begun,
        opened_at=begun,
        closed_at=ended,
        last_stage=stage,
        last_cause="auth.wrong" if refuses else "",
        last_words=_REPLY if refuses else "",
    )
