"""Workers die in the middle of their work: nothing is lost, and what came twice says so."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import torture
from tests.postgres import new_database
from tests.torture import Plan

# So long a server thinks that some mail is left when the last worker has been stopped.
SLOW = 0.02


@pytest.fixture(params=["sqlite", "postgresql"])
def variables(request, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a Peyk with an empty database."""
    if request.param == "sqlite":
        yield torture.environment(tmp_path)
        return
    with new_database(request.getfixturevalue("postgres_url"), "peyk_torture") as url:
        yield torture.environment(tmp_path, DATABASE_URL=url)


def test_killed_workers_lose_nothing_and_send_at_most_one_message_twice(variables) -> None:
    result = torture.torture(variables, Plan(messages=150, kills=3, delay=SLOW))
    assert (result.lost, result.kills) == (0, 3), result
    assert result.duplicates <= result.kills, result
    assert result.flagged <= result.kills, result
    assert (result.with_another_id, result.not_flagged) == (0, 0), result


def test_workers_told_to_stop_lose_nothing_and_send_nothing_twice(variables) -> None:
    plan = Plan(messages=120, kills=2, how=signal.SIGTERM, delay=SLOW)
    result = torture.torture(variables, plan)
    assert (result.lost, result.kills) == (0, 2), result
    assert (result.duplicates, result.flagged) == (0, 0), result
