"""The check of the domain's records: as a page, line by line, in both languages."""

import json
import re

import pytest

from app.core import audit
from app.extensions import db
from app.mail.deliverability import TURNS, Zone, checkup
from app.mail.deliverability.dkim import Worth
from app.mail.server_settings import ServerChange, SettingsChange
from app.mail.servers import servers
from app.web.deliverability import words
from tests.house.sources import APP, files, text
from tests.mail.test_deliverability import ADDRESS, DOMAIN, HOST, world
from tests.name_server import NameServer
from tests.page import problems, read
from tests.pressing import token
from tests.web.people import all_speak

PATH = "/system/smtp/deliverability"
NDJSON = "application/x-ndjson"


@pytest.fixture
def stored(app):
    """A sender and one server."""
    change = SettingsChange(ADDRESS, "Peyk", True, ServerChange(host=HOST), ServerChange())
    servers.save(change, audit.SYSTEM)


@pytest.fixture
def dns(monkeypatch):
    """The name service: a domain without SPF, whose server has no name."""
    gone: dict[tuple[str, str], list[str]] = {
        (DOMAIN, "TXT"): [],
        ("34.216.184.93.in-addr.arpa", "PTR"): [],
    }
    with NameServer(world(records=gone)) as server:
        monkeypatch.setattr(checkup, "zone", lambda: Zone(server.resolver))
        yield server


def check(browser, language="en", accept="text/html"):
    all_speak(language)
    sent = {"csrf_token": token(browser)}
    return browser.post(PATH, data=sent, headers={"Accept": accept}, buffered=True)


def test_without_a_sender_the_page_says_what_to_do_first(nika):
    page = nika.get(PATH)
    assert page.status_code == 200
    assert 'href="/system/smtp"' in page.text
    assert "data-lines-form" not in page.text


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_shows_what_is_wrong_and_what_to_enter(nika, stored, dns, language):
    answer = check(nika, language)
    assert answer.status_code == 200
    assert problems(answer.text, language) == []
    page = read(answer.text)
    assert f"v=spf1 mx a:{HOST} ~all" in answer.text
    assert page.by_id("ptr-5-ask-fa").text.startswith("سلام")
    assert "34.216.184.93.in-addr.arpa" in page.by_id("ptr-5-ask-en").text


def test_lines_come_as_dns_answers_and_the_last_one_is_the_page(nika, stored, dns):
    answer = check(nika, accept=NDJSON)
    assert answer.mimetype == NDJSON
    *parts, result = [json.loads(line) for line in answer.text.splitlines()]
    assert {part["stage"] for part in parts} == {"mx", "spf", "dkim", "dmarc", "ptr"}
    assert [part["done"] for part in parts] == [1, 2, 3, 4, 5]
    assert {part["total"] for part in parts} == {5}
    assert (result["stage"], result["state"]) == ("result", "bad")
    assert "spf-2-value" in result["html"]


def test_looking_is_for_administrators_and_one_at_a_time(nika, omid, stored, dns, configure):
    assert omid.get(PATH).status_code == 404
    configure(rate_limits=True)
    (user,) = db.session.execute(db.text("select id from users where email like 'nika%'")).one()
    assert TURNS.take(f"admin:{user}") is None
    answer = check(nika)
    assert answer.status_code == 429
    assert "Try again in" in answer.text


def test_a_turn_is_given_back_when_the_look_is_over(nika, stored, dns, configure):
    configure(rate_limits=True)
    assert [check(nika).status_code for _ in range(3)] == [200, 200, 200]


def test_every_finding_has_its_sentence():
    found = re.compile(r'"((?:domain|mx|spf|dkim|dmarc|ptr)\.[a-z_]+)"')
    sources = [path for path in files() if path.is_relative_to(APP / "mail" / "deliverability")]
    named = {code for path in sources for code in found.findall(text(path))}
    assert named | {f"dkim.{worth.value}" for worth in Worth} == words.FINDINGS.keys()
