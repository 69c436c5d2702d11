"""Notices over HTTP, against a real server: signed, retried, bounded, in order."""

import hashlib
import hmac
import json
import threading
import time

import pytest
import trustme

from app.extensions import db
from app.mail.alerts import alerts, webhook
from app.mail.alerts import notices as alert_notices
from app.mail.models import AlertNotice
from tests.mail.conftest import enqueue, use, work
from tests.postbox import nobody
from tests.receiver import DRIP, HANG, RESET, receiving

_SECRET = "a secret of the receiver"


@pytest.fixture
def receiver(configure):
    with receiving() as made:
        configure(alert_webhook_url=made.url, alert_webhook_secret=_SECRET)
        yield made


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(webhook, "TOTAL_SECONDS", 0.3)


def send():
    alert_notices.send_due(threading.Event())


def notices():
    db.session.rollback()
    rows = db.session.scalars(db.select(AlertNotice).order_by(AlertNotice.id))
    return [(row.event, row.state, row.tries) for row in rows]


def test_a_notice_says_what_began_since_when_in_both_languages(receiver, time_machine):
    alerts.review(by_worker=True)
    send()
    headers, body = receiver.received[0]
    told = json.loads(body)
    assert told["event"] == "alert.opened"
    assert told["condition"] == "not_set_up"
    assert told["server"] is None
    assert told["since"] == told["at"] == time_machine.moment.isoformat(timespec="seconds")
    assert told["text"]["en"] == "SMTP is not set up yet"
    assert "SMTP" in told["text"]["fa"]
    assert told["text"]["fa"] != told["text"]["en"]
    assert told["panel"] == "http://localhost/system/"
    assert headers["path"] == "/peyk?key=1"
    assert headers["Content-Type"].startswith("application/json")
    assert notices() == [("opened", "sent", 1)]


def test_the_receiver_can_tell_that_it_is_us(receiver, app):
    alerts.review(by_worker=True)
    send()
    headers, body = receiver.received[0]
    signed = headers["X-Peyk-Timestamp"].encode() + b"." + body
    expected = hmac.new(_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Peyk-Signature"] == f"sha256={expected}"
    assert abs(int(headers["X-Peyk-Timestamp"]) - time.time()) < 10


def test_a_refused_notice_comes_again_under_the_same_name(receiver, time_machine):
    receiver.answers = [500, 200]
    alerts.review(by_worker=True)
    send()
    assert notices() == [("opened", "queued", 1)]
    send()
    assert len(receiver.received) == 1
    time_machine.pass_(seconds=31)
    send()
    assert notices() == [("opened", "sent", 2)]
    first, second = receiver.received
    assert first[0]["X-Peyk-Delivery"] == second[0]["X-Peyk-Delivery"]
    assert first[1] == second[1]


@pytest.mark.parametrize("answer", [302, 404, 500, RESET])
def test_whatever_is_not_a_yes_is_tried_again(receiver, time_machine, answer):
    receiver.answers = [answer]
    alerts.review(by_worker=True)
    send()
    assert notices() == [("opened", "queued", 1)]


def test_redirects_are_not_followed(receiver, app):
    receiver.answers = [307]
    alerts.review(by_worker=True)
    send()
    assert [headers["path"] for headers, _body in receiver.received] == ["/peyk?key=1"]


@pytest.mark.parametrize("answer", [HANG, DRIP])
def test_a_receiver_that_hangs_or_drips_is_left_in_time(receiver, time_machine, hasty, answer):
    receiver.answers = [answer]
    alerts.review(by_worker=True)
    started = time.monotonic()
    send()
    assert time.monotonic() - started < 1
    assert notices() == [("opened", "queued", 1)]


def test_after_a_day_it_is_given_up(receiver, time_machine):
    receiver.answers = [500]
    alerts.review(by_worker=True)
    for _ in range(30):
        send()
        time_machine.pass_(hours=2, minutes=30)
    assert notices()[0][:2] == ("opened", "given_up")
    assert 8 < notices()[0][2] < 15


def test_the_end_never_overtakes_the_beginning(receiver, primary, time_machine):
    receiver.answers = [500]
    alerts.review(by_worker=True)
    send()
    use(primary)
    alerts.review(by_worker=True)
    send()
    assert [json.loads(body)["event"] for _headers, body in receiver.received] == ["alert.opened"]
    receiver.answers = [200]
    time_machine.pass_(minutes=1)
    send()
    assert [json.loads(body)["event"] for _headers, body in receiver.received][1:] == [
        "alert.opened",
        "alert.closed",
    ]


def test_after_a_failure_the_rest_waits(receiver, time_machine):
    receiver.answers = [500]
    alerts.review()  # no worker, and nothing set up: two notices
    send()
    assert len(receiver.received) == 1
    assert [state for _event, state, _tries in notices()] == ["queued", "queued"]


def test_several_workers_send_a_notice_once(receiver, app):
    alerts.review(by_worker=True)
    together = threading.Barrier(4)

    def go():
        with app.app_context():
            together.wait()
            send()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.received) == 1
    assert notices() == [("opened", "sent", 1)]


def test_a_worker_that_died_with_a_notice_in_hand_loses_nothing(receiver, time_machine):
    alerts.review(by_worker=True)
    assert alert_notices._take() is not None
    send()
    assert not receiver.received
    time_machine.pass_(seconds=61)
    send()
    assert len(receiver.received) == 1


def test_nobody_there_is_no_answer(app, configure):
    with nobody() as port:
        configure(alert_webhook_url=f"http://127.0.0.1:{port}/", alert_webhook_secret=_SECRET)
        answer = alert_notices.send_test()
    assert not answer.is_yes
    assert "ConnectionRefusedError" in str(answer)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[fe80::1]/", "http://0.0.0.0/"]
)
def test_metadata_and_link_local_are_never_called(app, configure, url):
    configure(alert_webhook_url=url, alert_webhook_secret=_SECRET)
    assert str(alert_notices.send_test()).startswith("Forbidden")


def test_private_networks_are_called_as_the_operator_says(receiver, configure):
    configure(smtp_private_hosts="deny")
    assert str(alert_notices.send_test()).startswith("Forbidden")
    configure(smtp_private_hosts="127.0.0.0/8")
    assert alert_notices.send_test().is_yes


def test_a_certificate_is_verified(configure, tmp_path):
    authority = trustme.CA()
    with receiving(authority.issue_cert("localhost")) as box:
        configure(alert_webhook_url=box.url, alert_webhook_secret=_SECRET)
        assert "CERTIFICATE_VERIFY_FAILED" in str(alert_notices.send_test())
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        configure(smtp_ca_file=tmp_path / "ca.pem")
        assert alert_notices.send_test().is_yes
        configure(alert_webhook_url=box.url.replace("localhost", "127.0.0.1"))
        assert "CERTIFICATE_VERIFY_FAILED" in str(alert_notices.send_test())


def test_a_test_notice_says_that_it_is_one(receiver, app):
    assert str(alert_notices.send_test()) == "HTTP 200"
    told = json.loads(receiver.received[0][1])
    assert (told["event"], told["condition"]) == ("alert.test", None)
    assert told["text"]["en"].startswith("This is a test")


def test_the_shell_sends_a_test_and_lists_the_alerts(receiver, app):
    shell = app.test_cli_runner()
    result = shell.invoke(args=["mail", "alerts", "--test"])
    assert (result.exit_code, result.output) == (0, "answer: HTTP 200\n")
    alerts.review()
    listed = shell.invoke(args=["mail", "alerts"])
    assert listed.exit_code == 1
    assert "not_set_up: SMTP is not set up yet" in listed.output


def test_a_worker_tells_right_after_the_turn_in_which_it_happened(receiver, notes, dead_port):
    use(dead_port)
    for about in range(1, 4):
        enqueue(about=about)
    work()
    told = {json.loads(body)["condition"] for _headers, body in receiver.received}
    assert told == {"primary_down", "both_down"}
