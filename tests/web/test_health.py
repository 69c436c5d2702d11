"""What monitors ask."""

from sqlalchemy.exc import OperationalError

from app.mail.status import queries


def test_a_living_process_says_so(client):
    assert client.get("/healthz").json == {"status": "alive"}


def test_without_a_worker_it_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(queries, "worker_alive", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["worker"]) == (503, "silent")


def test_with_database_and_worker_it_is_ready(client, monkeypatch):
    monkeypatch.setattr(queries, "worker_alive", lambda: True)
    assert client.get("/readyz").json["status"] == "ready"


def test_without_a_database_it_is_not_ready(client, monkeypatch):
    def fail() -> bool:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queries, "worker_alive", fail)
    assert client.get("/readyz").status_code == 503


def test_without_the_operators_authorities_it_is_not_ready(
    client, monkeypatch, configure, tmp_path
):
    monkeypatch.setattr(queries, "worker_alive", lambda: True)
    configure(smtp_ca_file=tmp_path / "gone.pem")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["authorities"]) == (503, "unreadable")


def test_monitors_get_no_cookies(client):
    assert "Set-Cookie" not in client.get("/healthz").headers
