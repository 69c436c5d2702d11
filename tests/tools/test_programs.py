import os
import signal
import smtplib
import socket
import subprocess
import sys
import time

import pytest

from tests.programs import free_port, wait_until
from tools import environment, programs, run
from tools.programs import Program

STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"


def started(code, tmp_path):
    program = Program("program", [sys.executable, "-u", "-c", code])
    return programs.start(program, os.environ, tmp_path)


def test_a_program_is_shown_under_its_name(tmp_path, capfd):
    program = started("print('hello')", tmp_path)
    program.process.wait(10)
    wait_until(lambda: "program | hello" in capfd.readouterr().out, 5, "nothing was shown")


def test_ending_is_asked_for_first(tmp_path):
    code = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(0)); time.sleep(60)"
    program = started(code, tmp_path)
    time.sleep(0.3)
    programs.end([program])
    assert program.process.returncode == 0


def test_who_does_not_listen_is_stopped_by_force(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(programs, "GRACE_SECONDS", 0.2)
    program = started(STUBBORN, tmp_path)
    wait_until(lambda: "up" in capfd.readouterr().out, 5, "it did not start")
    programs.end([program])
    assert program.process.returncode == -signal.SIGKILL


def test_the_one_that_died_is_named(tmp_path):
    alive = started("import time; time.sleep(60)", tmp_path)
    dead = started("", tmp_path)
    dead.process.wait(10)
    try:
        found = programs.first_dead([alive, dead])
        assert found == dead
    finally:
        programs.end([alive, dead])


def test_a_taken_port_is_answered_with_the_mend(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(SystemExit, match=f"PORT={port + 1} make run"):
            run.refuse_taken_ports()


def test_the_catcher_keeps_a_message_as_one_file(tmp_path):
    port = free_port()
    variables = os.environ | {"PEYK_INSTANCE_PATH": str(tmp_path), "PEYK_CATCHER_PORT": str(port)}
    catcher = subprocess.Popen([sys.executable, "-m", "tools.catcher"], env=variables)
    try:
        wait_until(lambda: answers(port), 10, "the catcher did not listen")
        hand_over(port)
    finally:
        catcher.terminate()
    assert catcher.wait(10) == 0
    [path] = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_bytes() == (
        b"Return-Path: <a@example.com>\r\nDelivered-To: sara@example.com\r\n"
        b"Subject: hello\r\n\r\n.body\r\n"
    )


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def hand_over(port):
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.sendmail("a@example.com", ["sara@example.com"], b"Subject: hello\r\n\r\n.body\r\n")


@pytest.fixture
def stop():
    """The wish to stop, with the handlers of the tests put back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield programs.Stop()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_a_wish_to_stop_and_cuts_no_lock(stop, number):
    assert not stop.is_asked()
    os.kill(os.getpid(), number)
    stop.pause(0.01)
    assert stop.is_asked()


def test_the_demo_has_a_folder_and_a_database_of_its_own(monkeypatch, tmp_path):
    for name in ("PEYK_INSTANCE_PATH", "DATABASE_URL", "REDIS_URL", "PEYK_ALERT_WEBHOOK_URL"):
        monkeypatch.setenv(name, "the real thing")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    environment.enter_demo()
    assert environment.var_folder() == tmp_path / "var" / "demo"
    assert os.environ["DATABASE_URL"] == f"sqlite:///{tmp_path}/var/demo/peyk.sqlite3"
    assert os.environ["REDIS_URL"] == os.environ["PEYK_ALERT_WEBHOOK_URL"] == ""


def test_the_refusing_server_lets_nobody_in():
    port = free_port()
    variables = os.environ | {"PEYK_DEMO_PRIMARY_PORT": str(port)}
    refuser = subprocess.Popen([sys.executable, "-m", "tools.refuser"], env=variables)
    try:
        wait_until(lambda: answers(port), 10, "the refusing server did not start")
        with (
            smtplib.SMTP("127.0.0.1", port, timeout=5) as client,
            pytest.raises(smtplib.SMTPAuthenticationError, match="535"),
        ):
            client.login("support@example.com", "anything")
    finally:
        refuser.terminate()
        refuser.wait(10)
