"""The small things: vault, limits, columns, logging."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.core import audit, log, rate_limit, vault
from app.core.rate_limit import Limit
from app.extensions import db

THREE = Limit("test", 3, timedelta(minutes=3))


def test_a_sealed_secret_opens_only_for_its_purpose(app: Flask) -> None:
    sealed = vault.seal("s3cret ۱۲", "smtp:primary")
    assert "s3cret" not in sealed
    assert vault.unseal(sealed, "smtp:primary") == "s3cret ۱۲"
    with pytest.raises(vault.VaultKeyLost):
        vault.unseal(sealed, "smtp:secondary")


def test_a_secret_survives_the_change_of_the_key_while_the_old_one_is_a_fallback(
    app: Flask, configure: Callable[..., object], config
) -> None:
    sealed = vault.seal("s3cret", "smtp:primary")
    configure(secret_key="another-" * 6, secret_key_fallbacks=(config.secret_key,))
    assert vault.unseal(sealed, "smtp:primary") == "s3cret"
    configure(secret_key_fallbacks=())
    with pytest.raises(vault.VaultKeyLost):
        vault.unseal(sealed, "smtp:primary")


@pytest.mark.parametrize("broken", ["", "v1.x", "v1.abcdefgh.!!!", "v9.00000000.AAAA"])
def test_a_damaged_secret_is_a_state_not_a_crash(app: Flask, broken: str) -> None:
    with pytest.raises(vault.VaultKeyLost):
        vault.unseal(broken, "smtp:primary")


def test_a_limit_lets_its_number_through_and_says_how_long_to_wait(
    app: Flask, configure: Callable[..., object], time_machine
) -> None:
    configure(rate_limits=True)
    assert [rate_limit.take((THREE, "a")) for _ in range(3)] == [None] * 3
    wait = rate_limit.take((THREE, "a"))
    assert wait == timedelta(minutes=1)
    assert rate_limit.take((THREE, "b")) is None
    time_machine.pass_(seconds=61)
    assert rate_limit.take((THREE, "a")) is None


def test_a_limit_is_exact_when_many_ask_at_once(
    app: Flask, configure: Callable[..., object], time_machine
) -> None:
    configure(rate_limits=True)
    answers: list[timedelta | None] = []

    def ask() -> None:
        with app.app_context():
            answers.append(rate_limit.take((THREE, "crowd"), (THREE, "their street")))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(None) == 3


def test_what_was_taken_before_a_limit_without_a_token_stays_taken(
    app: Flask, configure: Callable[..., object], time_machine
) -> None:
    configure(rate_limits=True)
    assert [rate_limit.take((THREE, "b")) for _ in range(3)] == [None] * 3
    assert rate_limit.take((THREE, "a"), (THREE, "b"), (THREE, "c")) == timedelta(minutes=1)
    assert [rate_limit.take((THREE, "a")) for _ in range(3)].count(None) == 2
    assert [rate_limit.take((THREE, "c")) for _ in range(3)].count(None) == 3


def test_limits_can_be_switched_off_for_load_tests(app: Flask) -> None:
    assert [rate_limit.take((THREE, "a")) for _ in range(9)] == [None] * 9


def test_a_naive_moment_is_refused(app: Flask) -> None:
    entry = audit.AuditEntry(
        at=datetime(2026, 1, 1),  # noqa: DTZ001 - that is the point
        event="x",
        actor="",
        target="",
        ip="",
        request_id="",
        details={},
    )
    db.session.add(entry)
    with pytest.raises(Exception, match="naive datetime"):
        db.session.commit()
    db.session.rollback()


def test_an_audit_entry_is_part_of_the_deed(app: Flask) -> None:
    audit.record("thing.changed", actor=audit.CONSOLE, target="thing")
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(audit.AuditEntry)) == 0


def test_a_log_line_is_one_line_and_hides_tokens() -> None:
    record = logging.LogRecord("peyk", logging.INFO, "", 0, "GET /activate/s3cret", (), None)
    record.fields = {"reply": 'two\nlines "quoted"', "empty": ""}
    line = log.KeyValueFormatter().format(record)
    assert "\n" not in line
    assert "s3cret" not in line
    assert 'reply="two lines \\"quoted\\""' in line


def test_r80_nothing_in_a_log_line_steers_the_terminal_that_shows_it() -> None:
    record = logging.LogRecord("peyk", logging.INFO, "", 0, "request", (), None)
    record.fields = {"path": "/\x1b[2Jwiped\x85at=\u2028forged\u202eback", "name": "می\u200cرود"}
    line = log.KeyValueFormatter().format(record)
    assert 'path="/ [2Jwiped at= forged back" name=می\u200cرود' in line


def test_a_database_that_somebody_else_writes_to_for_too_long_says_so_as_one_that_is_away(
    app: Flask, tmp_path: Path
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/locked.sqlite3")
    with engine.connect().execution_options(begin_immediate=True) as writer:
        writer.execute(text("select 1"))
        with engine.connect().execution_options(begin_immediate=True) as other:
            other.connection.cursor().execute("pragma busy_timeout=0")
            with pytest.raises(OperationalError, match="locked"):
                other.execute(text("select 1"))
    engine.dispose()
