"""Every page in both languages, as the checker of HTML reads it; it is run once over all."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests import needs, people
from tests.web.test_every_page import OF_ONE, PAGES, PANEL
from tools import checkers

MORE = ("/no-such-page", "/system/no-such-page", "/system/outbox?state=failed&from=1")


def test_the_checker_of_html_finds_nothing(
    client: FlaskClient, nika: FlaskClient, tmp_path: Path
) -> None:
    asked = people.register()
    message, user = people.mails()[0].id, people.everybody()[0].id
    for locale in ("fa", "en"):
        for path in PAGES:
            save(client, path, locale, tmp_path)
        for path in (*PANEL, *OF_ONE, *MORE):
            where = path.format(user=user, pending=asked.pending_id, message=message)
            save(nika, where, locale, tmp_path)
        # What a refused form looks like.
        refused = nika.post("/system/smtp", data=token(nika) | {"primary-port": "70000"})
        (tmp_path / f"refused.{locale}.html").write_text(refused.text, encoding="utf-8")
    try:
        found = checkers.pages(tmp_path)
    except checkers.CheckersMissing as missing:
        needs.missing(str(missing))
    if found:
        pytest.fail(found, pytrace=False)


def save(client: FlaskClient, path: str, locale: str, folder: Path) -> None:
    """Keep a page as a file that tells by its name which page it is."""
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={locale}")
    name = re.sub(r"[^a-z0-9-]+", ".", path.strip("/")) or "start"
    (folder / f"{name}.{locale}.html").write_text(answer.text, encoding="utf-8")


def token(client: FlaskClient) -> dict[str, str]:
    """What every form of the settings page has to bring."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/system/smtp").text)
    assert found
    return {"csrf_token": found[1]}
