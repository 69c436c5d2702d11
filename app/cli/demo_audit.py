"""What was done in the world of the demo, by whom: entries as the deeds themselves write them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from sqlalchemy import delete, select

from app.accounts.models import User
from app.cli.demo_story import HOSTS, Story
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.models import MailAlert, OutboxDeed, OutboxState, Role
from app.mail.outbox.by_hand import Deed

# Addresses for documentation (RFC 5737).
_OFFICE, _ELSEWHERE, _STRANGER = "192.0.2.7", "198.51.100.23", "203.0.113.80"
BROWSERS: Final = ("Firefox/Linux", "Chrome/Android", "Safari/iOS", "Edge/Windows")
_COLUMNS: Final = (
    "at",
    "event",
    "actor_id",
    "actor",
    "target",
    "ip",
    "request_id",
    "browser",
    "details",
)


def write(entries: Iterable[AuditEntry]) -> None:
    """Add the entries in the order of time, together with those that are there already."""
    columns = (getattr(AuditEntry, name) for name in _COLUMNS)
    rows = db.session.execute(select(*columns))
    everything = [*(AuditEntry(**row._asdict()) for row in rows), *entries]
    db.session.execute(delete(AuditEntry).execution_options(synchronize_session=False))
    everything.sort(key=attrgetter("at"))
    db.session.add_all(everything)


def tell(
    users: Sequence[User],
    waiting: Sequence[Story],
    told: Sequence[Story],
    alerts: Sequence[MailAlert],
    now: datetime,
) -> Iterator[AuditEntry]:
    """Give everything that was done, in any order; `waiting` are mails of registrations."""
    yield from _by_visitors(users, waiting, now)
    yield from _by_the_system(alerts, now)
    yield from _by_administrators(users, now)
    yield from _with_mails(users[0], told)


def entry(
    event: str,
    at: datetime,
    actor: str | User = "system",
    target: str = "",
    ip: str = "",
    details: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Return an entry by a person, or by the console, the system or a visitor."""
    number, label = (actor.id, actor.email) if isinstance(actor, User) else (None, actor)
    return AuditEntry(
        at=at,
        event=event,
        actor_id=number,
        actor=label,
        target=target,
        ip="" if label in ("console", "system") else ip or _OFFICE,
        request_id="",
        browser="" if label in ("console", "system") else BROWSERS[at.minute % len(BROWSERS)],
        details=dict(details or {}),
    )


def _by_visitors(
    users: Sequence[User], stories: Sequence[Story], now: datetime
) -> Iterator[AuditEntry]:
    for user in users:
        at, target = user.activated_at, f"user:{user.id}"
        yield entry("account.activated", at, "visitor", target, details={"how": "link"})
    for story in stories:
        at, number = story.message.created_at, story.message.about
        yield entry("registration.requested", at, "visitor", f"registration:{number}")
    began = now - timedelta(days=3)
    yield entry(
        "session.refused",
        began,
        "visitor",
        f"place:{_STRANGER}",
        _STRANGER,
        details={
            "times": 46,
            "until": (began + timedelta(minutes=38)).isoformat(),
            "accounts": [users[0].email],
        },
    )


def _by_the_system(alerts: Sequence[MailAlert], now: datetime) -> Iterator[AuditEntry]:
    for alert in alerts:
        more = {"server": alert.server} if alert.server else {}
        target = alert.condition
        yield entry("mail_alert.opened", alert.opened_at, target=target, details=more)
        if alert.closed_at:
            yield entry("mail_alert.closed", alert.closed_at, target=target, details=more)
    yield entry("outbox.purged", now - timedelta(days=8, hours=2), details={"messages": 214})
    yield entry("registration.purged", now - timedelta(days=5, hours=2), details={"attempts": 3})


def _by_administrators(users: Sequence[User], now: datetime) -> Iterator[AuditEntry]:
    admin, other, left, somebody = users[0], users[1], users[3], users[8]

    def ago(**span: float) -> datetime:
        return now - timedelta(**span)

    def user(one: User) -> str:
        return f"user:{one.id}"

    for days, ip in ((26, _OFFICE), (19, _OFFICE), (12, _ELSEWHERE), (6, _OFFICE), (2, _ELSEWHERE)):
        yield entry("session.opened", ago(days=days, minutes=20), admin, user(admin), ip)
    for role, days in ((Role.PRIMARY, 26), (Role.SECONDARY, 12)):
        yield entry(
            "smtp_settings.changed",
            ago(days=days),
            admin,
            "smtp",
            details={
                f"{role}.host": {"from": "", "to": HOSTS[role]},
                f"{role}.active": {"from": False, "to": True},
                f"{role}.password": "changed",
            },
        )
    yield entry("user.promoted", other.activated_at + timedelta(hours=2), admin, user(other))
    yield entry("user.disabled", ago(days=6), admin, user(left))
    yield entry("user.recovery_started", ago(days=6), admin, user(somebody))
    yield entry(
        "user.password_recovered",
        ago(days=5, hours=20),
        "visitor",
        user(somebody),
        details={"password": "changed"},
    )
    yield entry("session.opened", ago(days=4), other, user(other), _ELSEWHERE)
    yield entry("user.session_ended", ago(days=4), other, user(other), details={"session": 7})
    yield entry("user.exported", ago(days=2), admin)


def _with_mails(admin: User, stories: Sequence[Story]) -> Iterator[AuditEntry]:
    """An administrator had some mails tried again that had ended badly."""
    ended = [story.message for story in stories if story.message.state == OutboxState.FAILED]
    for message in ended[-3:]:
        at = (message.finished_at or message.created_at) - timedelta(minutes=30)
        db.session.add(
            OutboxDeed(outbox_id=message.id, at=at, deed=str(Deed.RETRY), actor=admin.email)
        )
        details = {"messages": 1, "asked_for": [message.id]}
        yield entry("outbox.retried", at, admin, f"outbox:{message.id}", details=details)
