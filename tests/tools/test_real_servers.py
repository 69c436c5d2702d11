"""The real servers that other tests rely on work here."""

import smtplib

import psycopg
import pytest

from tests.needs import missing
from tests.postfix import PostfixMissing, temporary_postfix


@pytest.mark.postfix
def test_postfix_takes_and_delivers():
    try:
        with temporary_postfix() as server, smtplib.SMTP(server.host, server.port) as session:
            session.sendmail("a@example.com", ["sara@example.net"], b"Subject: hi\r\n\r\nbody\r\n")
            [message] = server.wait_for(1)
    except PostfixMissing as reason:
        missing(str(reason))
    assert message["Subject"] == "hi"
    assert message["X-Original-To"] == "sara@example.net"


@pytest.mark.postgres
def test_postgresql_answers(postgres_url):
    url = postgres_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT 1").fetchone()
    assert row == (1,)
