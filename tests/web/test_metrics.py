"""The numbers for Prometheus: who may read them, and that they are right."""

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.core import clock
from app.extensions import db
from app.mail.alerts import alerts
from app.mail.models import Role, WorkerHeartbeat
from app.mail.servers import breaker
from app.mail.status import totals
from tests.mail.conftest import enqueue
from tests.serving import use

_TOKEN = "a token of the monitor"
_ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def numbers(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def count(outcome, duration_ms, server="primary"):
    totals.count(server, outcome, duration_ms)
    totals.write()


def test_a_fresh_installation_has_numbers(client):
    found = numbers(client)
    assert found["peyk_outbox_messages", ("state", "queued")] == 0
    assert found["peyk_outbox_oldest_seconds",] == 0
    assert found["peyk_workers_alive",] == 0
    assert found["peyk_server_breaker_open", ("server", "primary")] == 0
    assert found["peyk_alerts_open", ("condition", "both_down")] == 0


def test_the_outbox_is_counted_by_state(client, monkeypatch, app):
    monkeypatch.setitem(app.extensions["peyk.kinds"], "note", next(iter(_kinds(app))))
    enqueue()
    found = numbers(client)
    assert found["peyk_outbox_messages", ("state", "queued")] == 1
    assert found["peyk_outbox_messages", ("state", "sent")] == 0
    assert found["peyk_outbox_oldest_seconds",] >= 0


def test_attempts_are_counted_by_server_and_outcome(client):
    count("accepted", 120)
    count("accepted", 40)
    count("server", 30_000)
    count("accepted", 70, server="secondary")
    found = numbers(client)
    name = "peyk_delivery_attempts_total"
    assert found[name, ("outcome", "accepted"), ("server", "primary")] == 2
    assert found[name, ("outcome", "server"), ("server", "primary")] == 1
    assert found[name, ("outcome", "accepted"), ("server", "secondary")] == 1


def test_durations_are_a_histogram(client):
    for duration in (40, 120, 30_000, 999_999):
        count("accepted", duration)
    found = numbers(client)
    name = "peyk_send_duration_seconds"
    steps = {bound: found[f"{name}_bucket", ("le", bound), ("server", "primary")] for bound in _LE}
    assert steps == {"0.05": 1, "0.1": 1, "0.25": 2, "30.0": 3, "300.0": 3, "+Inf": 4}
    assert found[f"{name}_count", ("server", "primary")] == 4
    assert found[f"{name}_sum", ("server", "primary")] == pytest.approx(1030.159)


_LE = ("0.05", "0.1", "0.25", "30.0", "300.0", "+Inf")


def test_servers_workers_and_alerts_are_there(client):
    use(2525)
    now = clock.now()
    breaker.succeed(Role.PRIMARY)
    breaker._row(Role.PRIMARY).open_until = now
    db.session.add(WorkerHeartbeat(name="one", started_at=now, seen_at=now))
    db.session.commit()
    alerts.review()
    found = numbers(client)
    assert found["peyk_server_breaker_open", ("server", "primary")] == 1
    assert found["peyk_server_breaker_open", ("server", "secondary")] == 0
    last = found["peyk_server_last_success_timestamp", ("server", "primary")]
    assert last == pytest.approx(now.timestamp(), abs=5)
    assert found["peyk_workers_alive",] == 1
    assert found["peyk_alerts_open", ("condition", "both_down")] == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1"])
def test_this_machine_may_read_them(client, address):
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_who_comes_through_a_proxy_of_this_machine_may_not(client, header):
    assert client.get("/metrics", headers={header: "192.0.2.7"}).status_code == 404


def test_for_others_the_page_does_not_exist(client, nika):
    assert client.get("/metrics", environ_base=_ELSEWHERE).status_code == 404
    assert nika.get("/metrics", environ_base=_ELSEWHERE).status_code == 404


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {_TOKEN}", 200),
        (f"bearer {_TOKEN}", 200),
        ("Bearer another token", 404),
        ("Bearer ", 404),
        ("Basic é", 404),
        ("", 404),
    ],
)
def test_a_monitor_elsewhere_needs_the_token(client, configure, authorization, status):
    configure(metrics_token=_TOKEN)
    headers = {"Authorization": authorization}
    answer = client.get("/metrics", headers=headers, environ_base=_ELSEWHERE)
    assert answer.status_code == status


def test_without_a_token_an_empty_bearer_opens_nothing(client):
    headers = {"Authorization": "Bearer "}
    answer = client.get("/metrics", headers=headers, environ_base=_ELSEWHERE)
    assert answer.status_code == 404


def _kinds(app):
    return [replace(kind, name="note") for kind in app.extensions["peyk.kinds"].values()]
