"""The failover drill: the switch and the return are shown, and nothing stored changes."""

import json
from contextlib import ExitStack

import pytest

from app.core import clock
from app.core.rate_limit import RateBucket
from app.extensions import db
from app.mail.connection_test import drill
from app.mail.models import Role, ServerHealth
from app.mail.servers import breaker, servers
from tests.page import problems, read
from tests.postbox import Postbox, nobody
from tests.pressing import token
from tests.serving import use
from tests.web.people import all_speak

PATH = "/system/smtp/drill"
NDJSON = "application/x-ndjson"


@pytest.fixture
def boxes():
    """The primary and the secondary, both well."""
    with Postbox() as primary, Postbox() as secondary:
        yield primary, secondary


def begin(browser, language="en", accept=NDJSON, recipient="somebody@example.com"):
    all_speak(language)
    sent = {"csrf_token": token(browser), "recipient": recipient}
    return browser.post(PATH, data=sent, headers={"Accept": accept}, buffered=True)


def lines(answer):
    assert answer.mimetype == NDJSON
    return [json.loads(line) for line in answer.text.splitlines()]


def everything_stored():
    """All rows but the limits, the sessions, and what a page notices by itself (no worker runs)."""
    noticed = {"mail_alerts", "alert_reviews", "audit_entries", "user_sessions"}
    ignored = {RateBucket.__tablename__, *noticed}
    tables = [table for table in db.metadata.sorted_tables if table.name not in ignored]
    rows = {table.name: db.session.execute(table.select()).all() for table in tables}
    db.session.rollback()
    return rows


def test_the_test_mail_takes_the_way_of_the_secondary_and_the_primary_is_first_again(nika, boxes):
    primary, secondary = boxes
    use(primary, secondary)
    told = lines(begin(nika))
    assert [line["stage"] for line in told[:2]] == ["down", "switch"]
    assert [line["stage"] for line in told[2:-2]] == [
        "resolve", "connect", "greeting", "encrypt", "sign_in", "sender", "recipient", "message",
    ]  # fmt: skip
    assert (told[-2]["stage"], told[-2]["state"]) == ("back", "passed")
    assert (told[-1]["stage"], told[-1]["state"]) == ("result", "ok")
    assert [mail.recipient for mail in secondary.messages] == ["somebody@example.com"]
    assert primary.messages == []
    assert primary.commands == ["EHLO localhost", "QUIT"]


def test_nothing_that_is_stored_changes(nika, boxes):
    use(*boxes)
    all_speak("en")
    nika.get(PATH)
    before = everything_stored()
    assert lines(begin(nika))[-1]["state"] == "ok"
    assert everything_stored() == before
    assert breaker.health(Role.PRIMARY).last_failure_at is None


@pytest.mark.parametrize("language", ["fa", "en"])
def test_without_script_the_same_comes_as_a_page(nika, boxes, language):
    use(*boxes)
    answer = begin(nika, language, "text/html")
    assert answer.status_code == 200
    assert problems(answer.text, language) == []
    assert answer.text.count('class="step-head"') == 11


def test_a_secondary_that_refuses_is_said_with_what_to_do(nika, boxes):
    use(boxes[0], boxes[1])
    boxes[1].say["MAIL"] = "553 5.7.1 sender address not owned by user"
    told = lines(begin(nika))
    assert (told[-1]["state"], told[-2]["stage"]) == ("bad", "back")
    assert "the secondary did not take the message" in told[-1]["message"]
    assert "What to do:" in told[-1]["html"]


def test_a_primary_that_is_really_down_does_not_come_back(nika, boxes):
    with nobody() as port:
        use(port, boxes[1])
        told = lines(begin(nika))
    assert (told[-2]["stage"], told[-2]["state"]) == ("back", "warned")
    assert told[-1]["state"] == "warn"
    assert len(boxes[1].messages) == 1


def test_a_refused_recipient_is_said_as_exactly_that(nika, boxes):
    use(*boxes)
    boxes[1].say["RCPT"] = "550 5.1.1 no such user"
    result = lines(begin(nika))[-1]
    assert (result["state"], result["message"]) == (
        "warn",
        "The connection is fine; only the recipient was refused.",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"smtp_active": False}, "SMTP is switched off"),
        ({"secondary": None}, "The secondary server is not in use"),
        ({"primary": None}, "The primary server is not in use"),
    ],
)
def test_what_stands_in_the_way_is_said_before(nika, change, words):
    with ExitStack() as stack:
        both = {role: stack.enter_context(Postbox()) for role in ("primary", "secondary")}
        both |= {name: None for name in change if name in both}
        switched = {name: value for name, value in change.items() if name not in both}
        use(both["primary"], both["secondary"], **switched)
        page = nika.get(f"{PATH}?lang=en")
        assert words in page.text
        assert "data-lines-form" not in page.text


def test_a_resting_server_is_remarked_on(nika, boxes):
    use(*boxes)
    row = db.session.get_one(ServerHealth, Role.SECONDARY)
    row.open_until = clock.now() + breaker.FIRST_PAUSE
    db.session.commit()
    assert drill.resting(servers.current()) == [Role.SECONDARY]
    assert "no mail is given to the secondary" in nika.get(f"{PATH}?lang=en").text


def test_a_wrong_recipient_is_refused_and_kept(nika, boxes):
    use(*boxes)
    answer = begin(nika, accept="text/html", recipient="nobody@")
    assert answer.status_code == 422
    assert read(answer.text).values()["recipient"] == "nobody@"
    assert lines(begin(nika, recipient="nobody@"))[0]["code"] == "in.form"
    assert boxes[1].messages == []


def test_drills_are_for_administrators_and_share_the_turns_of_tests(nika, omid, boxes, configure):
    use(*boxes)
    assert omid.get(PATH).status_code == 404
    configure(rate_limits=True)
    assert [begin(nika).status_code for _ in range(6)] == [200] * 5 + [429]
