"""The numbers of the mail service, read from the database while they are asked for.

So it does not matter which of many processes answers, and nothing has to be shared in memory.
"""

import hmac
import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator

from flask import request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from app.config import current_config
from app.mail.alerts import records
from app.mail.alerts.conditions import Condition
from app.mail.models import AttemptTotal, Role
from app.mail.servers import breaker
from app.mail.servers.breaker import State
from app.mail.status import statistics, totals
from app.mail.status.statistics import QueueStatistics
from app.web.visitors.access import client_ip

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# A proxy on this machine is not this machine's monitor.
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def may_be_read() -> bool:
    """Whether the numbers are for the one who asks: this machine, or who knows the token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = current_config().metrics_token
    if expected and scheme.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), expected.encode())
    return _is_loopback() and not any(name in request.headers for name in _FORWARDED)


def text() -> bytes:
    """The numbers of this moment in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Numbers())
    return generate_latest(registry)


def _is_loopback() -> bool:
    try:
        return ipaddress.ip_address(client_ip()).is_loopback
    except ValueError:
        return False


class _Numbers(Collector):
    """Everything, collected anew for each answer."""

    def collect(self) -> Iterable[Metric]:
        yield from _queue(statistics.statistics())
        yield from _attempts(totals.all_totals())
        yield from _servers()
        yield _alerts()

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: it would ask the database once more."""
        return ()


def _queue(queue: QueueStatistics) -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "peyk_outbox_messages", "Messages in the outbox by state.", labels=["state"]
    )
    for state, count in queue.by_state.items():
        messages.add_metric([state], count)
    yield messages
    yield GaugeMetricFamily(
        "peyk_outbox_oldest_seconds",
        "How long the oldest waiting message has been waiting.",
        value=queue.oldest_age.total_seconds(),
    )
    yield GaugeMetricFamily(
        "peyk_workers_alive", "Workers with a sign of life in the last minute.", value=queue.workers
    )


def _attempts(rows: list[AttemptTotal]) -> Iterator[Metric]:
    attempts = CounterMetricFamily(
        "peyk_delivery_attempts", "Servers asked, by what came of it.", labels=["server", "outcome"]
    )
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        counts[row.server, row.outcome] += row.count
    for (server, outcome), count in counts.items():
        attempts.add_metric([server, outcome], count)
    yield attempts
    yield _durations(rows)


def _durations(rows: list[AttemptTotal]) -> Metric:
    durations = HistogramMetricFamily(
        "peyk_send_duration_seconds", "How long an attempt took.", labels=["server"]
    )
    for server in sorted({row.server for row in rows}):
        of_server = [row for row in rows if row.server == server]
        seconds = sum(row.total_ms for row in of_server) / 1000
        durations.add_metric([server], buckets=_buckets(of_server), sum_value=seconds)
    return durations


def _buckets(rows: list[AttemptTotal]) -> list[tuple[str, float]]:
    """Cumulative, as Prometheus wants them."""
    bounds = [(str(bound / 1000), bound) for bound in totals.BOUNDS_MS]
    return [
        (name, sum(row.count for row in rows if row.at_most_ms <= bound))
        for name, bound in (*bounds, ("+Inf", totals.BEYOND))
    ]


def _servers() -> Iterator[Metric]:
    resting = GaugeMetricFamily(
        "peyk_server_breaker_open", "1 while the server is left alone.", labels=["server"]
    )
    success = GaugeMetricFamily(
        "peyk_server_last_success_timestamp", "When it last took a mail.", labels=["server"]
    )
    for role in Role:
        health = breaker.health(role)
        resting.add_metric([role], float(health.state is not State.CLOSED))
        if health.last_success_at:
            success.add_metric([role], health.last_success_at.timestamp())
    yield resting
    yield success


def _alerts() -> Metric:
    counted = GaugeMetricFamily(
        "peyk_alerts_open", "What administrators must know now.", labels=["condition"]
    )
    held = [alert.condition for alert in records.still_open()]
    for condition in Condition:
        counted.add_metric([condition], held.count(condition))
    return counted
