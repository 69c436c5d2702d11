"""A connection test that waits for a silent server holds up nobody; over a real gunicorn."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.live import ADMIN, PASSWORD, Peyk, running_peyk
from tests.postbox import Postbox
from tests.programs import wait_until
from tests.visitor import Visitor

SETTINGS, TEST = "/system/smtp", "/system/smtp/primary/tests"


@pytest.fixture(scope="module")
def peyk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peyk]:
    """One administrator may run one test at a time only where limits are on."""
    folder: Path = tmp_path_factory.mktemp("peyk")
    with running_peyk(folder, PEYK_RATE_LIMITS="on") as running:
        yield running


@pytest.fixture
def nika(peyk: Peyk) -> Visitor:
    """The administrator, signed in."""
    made = Visitor(peyk.url)
    made.page("/login", made.token("/login") | {"email": ADMIN, "password": PASSWORD})
    return made


def wanted(nika: Visitor, box: Postbox) -> dict[str, str]:
    """The settings form, filled in for a server on loopback."""
    return nika.token(SETTINGS) | {
        "sender_address": "support@example.com",
        "recipient": ADMIN,
        "primary-host": box.host,
        "primary-port": str(box.port),
        "primary-encryption": "none",
        "secondary-encryption": "none",
    }


def test_pages_answer_while_a_test_waits_and_a_cancelled_test_frees_the_next(peyk, nika) -> None:
    with Postbox(hang_at="GREETING") as silent:
        form = wanted(nika, silent)
        with nika.streaming(TEST, form) as (status, answer):
            assert status == 200
            assert json.loads(answer.readline())["stage"] == "resolve"
            wait_until(lambda: silent.connections == 1, 15, "the test did not connect")
            started = time.monotonic()
            assert "<form" in Visitor(peyk.url).page("/login")
            assert time.monotonic() - started < 2
            with nika.streaming(TEST, form) as (second, _answer):
                assert second == 429
        # The socket is closed: whoever comes next may begin.
        wait_until(lambda: begins(nika, form), 15, "no other test could begin")
        wait_until(lambda: silent.connections == 2, 10, "the other test did not connect")


def begins(nika: Visitor, form: Mapping[str, str]) -> bool:
    """Try to begin a test, and see it reach the server."""
    with nika.streaming(TEST, form) as (status, answer):
        if status != 200:
            return False
        return [json.loads(answer.readline())["stage"] for _ in range(2)][1] == "connect"
