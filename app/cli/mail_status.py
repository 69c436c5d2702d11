"""What `mail status` prints: for people line by line, for programs as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.mail.models import Role
from app.mail.server_settings import ServerSettings
from app.mail.servers import breaker, connections, servers
from app.mail.servers.breaker import Health
from app.mail.status import queries
from app.mail.status.queries import Overview
from app.mail.status.statistics import QueueStatistics, statistics


@dataclass(frozen=True, slots=True)
class Server:
    """One server: what is set, and how it fares."""

    settings: ServerSettings
    health: Health
    is_used: bool


@dataclass(frozen=True, slots=True)
class Report:
    """How mail stands at one moment."""

    overview: Overview
    queue: QueueStatistics
    servers: tuple[Server, ...]

    def as_json(self) -> Mapping[str, object]:
        """Return the report as plain values; the names are promised to programs."""
        return {
            "situation": self.overview.situation.value,
            "disturbed": self.overview.is_disturbed,
            "waiting": self.queue.waiting,
            "oldest_age_seconds": round(self.queue.oldest_age.total_seconds()),
            "late_seconds": round(self.queue.lateness.total_seconds()),
            "workers": self.queue.workers,
            "queue": dict(self.queue.by_state),
            "servers": {one.settings.role.value: _plain(one) for one in self.servers},
        }

    def as_text(self) -> str:
        """Return the report as lines."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"situation: {self.overview.situation}"
        yield f"workers: {self.queue.workers}"
        yield f"waiting: {self.queue.waiting}{_oldest(self.queue)}"
        states = ", ".join(f"{state} {count}" for state, count in self.queue.by_state.items())
        yield f"queue: {states}"
        for one in self.servers:
            yield f"{one.settings.role}: {_line(one)}"
            if failure := _failure(one.health):
                yield f"  last failure: {failure}"


def report() -> Report:
    """Look at everything once."""
    settings = servers.current()
    used = connections.active_roles(settings)
    return Report(
        overview=queries.overview(),
        queue=statistics(),
        servers=tuple(
            Server(settings.server(role), breaker.health(role), role in used) for role in Role
        ),
    )


def _plain(one: Server) -> Mapping[str, object]:
    health = one.health
    return {
        "host": one.settings.host,
        "port": one.settings.port,
        "used": one.is_used,
        "breaker": health.state.value,
        "failing_since": _iso(health.failing_since),
        "rests_until": _iso(health.open_until),
        "last_success_at": _iso(health.last_success_at),
        "last_failure_at": _iso(health.last_failure_at),
        "last_failure": _failure(health),
    }


def _line(one: Server) -> str:
    if not one.settings.is_saved:
        return "not set up"
    place = f"{one.settings.host}:{one.settings.port}"
    if not one.is_used:
        return f"{place}, not used"
    until = f" until {_iso(one.health.open_until)}" if one.health.open_until else ""
    return f"{place}, breaker {one.health.state}{until}"


def _failure(health: Health) -> str:
    if health.last_failure_at is None:
        return ""
    words = health.last_failure_reply or health.last_failure_code
    return f"{_iso(health.last_failure_at)} at {health.last_failure_stage}: {words}"


def _oldest(queue: QueueStatistics) -> str:
    if queue.oldest_waiting_since is None:
        return ""
    return f", the oldest for {timedelta(seconds=round(queue.oldest_age.total_seconds()))}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
