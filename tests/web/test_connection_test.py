"""The connection test from the settings page: as a page, and line by line."""

import json
import threading
import time

import pytest

from app.config import current_config
from app.core import clock, rate_limit
from app.extensions import db
from app.mail.connection_test import relay, trial
from app.mail.connection_test.connection_tests import Prepared
from app.mail.connection_test.probe import ConnectionTest, Probe
from app.mail.diagnosis import unknown_replies
from app.mail.models import Encryption, OutboxMessage, Role
from app.mail.server_settings import ServerSettings
from app.mail.servers import conditions, servers
from app.web.smtp import fixing
from tests.page import problems, read
from tests.postbox import Postbox, nobody
from tests.pressing import token
from tests.web.people import all_speak
from tests.web.test_smtp_settings import FORM, post

PATH = "/system/smtp/primary/tests"
NDJSON = "application/x-ndjson"
PASSWORD = "box-secret-1"
STAGES = [
    "resolve", "connect", "greeting", "encrypt", "sign_in", "sender", "recipient", "message",
    "result",
]  # fmt: skip


@pytest.fixture
def box():
    with Postbox(credentials=("support@example.com", PASSWORD)) as made:
        yield made


def form(port, **changes):
    here = {
        "primary-host": "127.0.0.1",
        "primary-port": str(port),
        "primary-encryption": "none",
        "primary-password": PASSWORD,
    }
    return FORM | here | {name.replace("__", "-"): value for name, value in changes.items()}


def ask(browser, values, *, path=PATH, language="en", accept=NDJSON):
    all_speak(language)
    headers = {"Accept": accept}
    # Buffered: the stream is read where the request lives.
    return browser.post(
        path, data=values | {"csrf_token": token(browser)}, headers=headers, buffered=True
    )


def lines(answer):
    assert answer.mimetype == NDJSON
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_test_of_unsaved_settings_sends_a_message_and_stores_nothing(nika, box):
    answer = lines(ask(nika, form(box.port)))
    assert [line["stage"] for line in answer] == STAGES
    assert answer[-1]["state"] == "passed"
    assert box.only().recipient == "nika@example.com"
    assert "support@example.com" in str(box.only().mail["From"])
    db.session.rollback()
    assert not servers.current().primary.is_saved
    assert db.session.query(OutboxMessage).count() == 0


def test_every_line_has_the_promised_names(nika, box):
    told = lines(ask(nika, form(box.port)))
    assert len(told) == len(STAGES)
    for line in told:
        assert {"stage", "state", "duration_ms", "reply", "message"} <= line.keys()
        assert line["message"]


def test_the_test_message_is_in_the_language_of_the_page(nika, box):
    ask(nika, form(box.port), language="fa")
    assert "آزمایشی" in str(box.only().mail["Subject"])
    assert 'dir="rtl"' in box.only().html


def test_the_recipient_can_be_chosen(nika, box):
    ask(nika, form(box.port, recipient="check@example.org"))
    assert box.only().recipient == "check@example.org"


@pytest.mark.parametrize("recipient", ["a@example.org, b@example.org", "x", "a@b@c"])
def test_a_recipient_that_is_no_address_starts_no_test(nika, box, recipient):
    answer = ask(nika, form(box.port, recipient=recipient))
    assert answer.status_code == 422
    assert "recipient" in lines(answer)[0]["errors"]
    assert box.connections == 0


@pytest.mark.parametrize("language", ["fa", "en"])
def test_without_script_the_result_comes_as_a_page(nika, box, language):
    answer = ask(nika, form(box.port), language=language, accept="text/html")
    assert answer.status_code == 200
    assert problems(answer.text, language) == []
    assert "250 2.0.0 queued as 0001" in answer.text
    assert read(answer.text).values()["primary-port"] == str(box.port)
    assert PASSWORD not in answer.text


def test_without_script_the_guilty_field_is_marked(nika):
    with Postbox(credentials=("other", "other")) as strict:
        page = read(ask(nika, form(strict.port), accept="text/html").text)
    field = page.by_id("primary-username")
    assert field.attributes["aria-invalid"] == "true"
    assert "rejected" in page.by_id("primary-username-error").text


def test_a_failure_says_what_it_means_and_marks_the_field(nika):
    with Postbox(credentials=("other", "other")) as strict:
        answer = lines(ask(nika, form(strict.port)))
    failed = next(line for line in answer if line["state"] == "failed")
    assert (failed["stage"], failed["code"]) == ("sign_in", "auth.wrong")
    assert failed["reply"].startswith("535")
    assert "user name" in failed["message"]
    result = answer[-1]
    assert (result["state"], result["code"]) == ("failed", "auth.wrong")
    assert result["field"] == "primary-password"
    assert set(result["reports"]) == {"fa", "en"}
    assert "127.0.0.1" in result["reports"]["fa"]
    assert PASSWORD not in json.dumps(answer)


def test_a_failure_is_told_in_persian_with_machine_text_isolated(nika):
    with nobody() as port:
        answer = lines(ask(nika, form(port), language="fa"))
    assert f"\u2066{port}\u2069" in answer[1]["message"]
    assert answer[1]["code"] == "tcp.refused_local"


def test_a_refused_form_starts_nothing_and_shows_its_faults(nika, box):
    answer = ask(nika, form(box.port, primary__host="http://x"), accept="text/html")
    assert answer.status_code == 422
    assert 'id="primary-host-error"' in answer.text
    assert box.connections == 0


def test_faults_of_the_other_server_do_not_matter(nika, box):
    answer = lines(ask(nika, form(box.port, secondary__port="99999", secondary__active="y")))
    assert answer[-1]["state"] == "passed"


def test_the_stored_password_is_used_while_the_destination_is_the_same(nika, box):
    post(nika, **{k.replace("-", "__"): v for k, v in form(box.port).items()})
    assert lines(ask(nika, form(box.port, primary__password="")))[-1]["state"] == "passed"


def test_the_stored_password_goes_nowhere_else(nika, box):
    post(nika, **{k.replace("-", "__"): v for k, v in form(box.port).items()})
    with Postbox(credentials=("support@example.com", PASSWORD)) as evil:
        answer = ask(nika, form(evil.port, primary__password=""))
        assert answer.status_code == 422
        assert "primary-password" in lines(answer)[0]["errors"]
        assert evil.connections == 0


def test_a_mask_is_never_sent_as_a_password(nika, box):
    post(nika, **{k.replace("-", "__"): v for k, v in form(box.port).items()})
    answer = lines(ask(nika, form(box.port, primary__password="••••••")))
    assert answer[-1]["state"] == "passed"


@pytest.mark.parametrize("is_first", [True, False])
def test_what_was_tested_and_then_confirmed_is_known_as_tested(nika, box, is_first):
    typed = {k.replace("-", "__"): v for k, v in form(box.port).items()}
    if not is_first:
        post(nika, **typed | {"primary__port": "2599"})
    ask(nika, form(box.port, primary__password="another one")).get_data()
    ask(nika, form(box.port)).get_data()
    db.session.rollback()
    assert conditions.of(Role.PRIMARY).test != conditions.Test.PASSED
    post(nika, **typed)
    db.session.rollback()
    assert conditions.of(Role.PRIMARY).test == conditions.Test.PASSED
    post(nika, **typed | {"sender_address": "other@example.com"})
    assert conditions.of(Role.PRIMARY).test == conditions.Test.NONE_SINCE_CHANGE


def test_a_failure_that_was_confirmed_all_the_same_is_known_too(nika, box):
    with nobody() as port:
        ask(nika, form(port)).get_data()
        post(nika, **{k.replace("-", "__"): v for k, v in form(port).items()})
    db.session.rollback()
    now = conditions.of(Role.PRIMARY)
    assert (now.test, now.test_stage) == (conditions.Test.FAILED, "connect")


def test_the_result_is_remembered_only_for_what_is_stored(nika, box):
    post(nika, **{k.replace("-", "__"): v for k, v in form(box.port).items()})
    with nobody() as port:
        ask(nika, form(port)).get_data()
    db.session.rollback()
    assert conditions.of(Role.PRIMARY).test == conditions.Test.NONE_SINCE_CHANGE
    ask(nika, form(box.port)).get_data()
    db.session.rollback()
    assert conditions.of(Role.PRIMARY).test == conditions.Test.PASSED


@pytest.mark.parametrize(("active", "warned"), [("y", True), (None, False)])
def test_the_other_server_on_the_same_machine_is_warned_of_while_in_use(nika, box, active, warned):
    values = form(box.port, secondary__host="localhost", secondary__port="2525")
    values |= {"secondary-active": active} if active else {}
    answer = lines(ask(nika, values))
    assert answer[-1]["state"] == "passed"
    assert (answer[0]["state"] == "warned") is warned
    assert ("Both servers are the same machine" in answer[0]["message"]) is warned


def test_the_secondary_is_tested_with_its_own_sender(nika, box):
    there = {k: v for k, v in form(box.port).items() if k.startswith("primary-")}
    values = FORM | {k.replace("primary", "secondary"): v for k, v in there.items()}
    values |= {"secondary-sender_address": "b@example.net"}
    answer = lines(ask(nika, values, path="/system/smtp/secondary/tests"))
    assert answer[-1]["state"] == "passed"
    assert box.only().sender == "b@example.net"


def test_forbidden_addresses_are_not_reached(nika, box, configure):
    configure(smtp_private_hosts="deny")
    answer = lines(ask(nika, form(box.port)))
    assert answer[0]["code"] == "in.dest_blocked"
    assert box.connections == 0


def test_five_tests_a_minute_and_then_words(nika, configure, time_machine):
    configure(rate_limits=True)
    with nobody() as port:
        answers = [ask(nika, form(port)) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Try again" in lines(answers[-1])[0]["message"]


def test_one_test_at_a_time(nika, configure, box):
    configure(rate_limits=True)
    user = db.session.execute(db.text("select id from users")).scalar_one()
    assert trial.TURNS.take(f"admin:{user}") is None
    assert ask(nika, form(box.port)).status_code == 429
    trial.TURNS.give_back(f"admin:{user}")
    assert ask(nika, form(box.port)).status_code == 200


def test_a_turn_that_is_refused_by_the_minute_is_given_back(app, configure):
    configure(rate_limits=True)
    for _ in range(5):
        assert trial.TURNS.take("x") is None
        trial.TURNS.give_back("x")
    assert trial.TURNS.take("x") is not None
    assert rate_limit.take((trial.TURNS.one, "x")) is None


def test_people_without_rights_start_no_test(omid, client):
    assert omid.post(PATH).status_code in (400, 404)
    assert client.post(PATH).status_code in (303, 400)
    assert omid.get(PATH).status_code in (404, 405)


def test_an_unknown_server_has_no_test(nika):
    assert nika.post("/system/smtp/third/tests").status_code in (400, 404)


def test_the_database_is_free_while_the_server_is_slow(nika, app):
    """Another transaction writes in the middle of a test."""

    def run():
        with app.app_context():
            ask(nika, form(slow.port, primary__requires_auth=""))

    with Postbox(hang_at="DOT") as slow:
        running = threading.Thread(target=run)
        running.start()
        until = time.monotonic() + 5
        while "DATA" not in slow.commands and time.monotonic() < until:
            time.sleep(0.01)
        db.session.execute(db.text("update users set name = 'x'"))
        db.session.commit()
        assert running.is_alive()
        slow._done.set()
        running.join(10)
    assert not running.is_alive()


def test_only_the_recipient_was_refused_is_said_as_exactly_that(nika):
    with Postbox(say={"RCPT": "550 5.1.1 no such user"}) as box:
        answer = lines(ask(nika, form(box.port, primary__requires_auth="")))
    assert {line["stage"]: line["state"] for line in answer}["recipient"] == "warned"
    # Whatever comes later, a step that was not wanted is not one that was not reached.
    assert answer[4]["message"] == "No sign-in: authentication is off."
    result = answer[-1]
    assert (result["state"], result["code"]) == ("warned", "rcpt.unknown")
    assert result["message"] == "The connection is fine; only the recipient was refused."
    assert result["field"] == "recipient"


def test_a_failure_offers_fixes_that_name_the_fields_they_change(nika, box):
    result = lines(ask(nika, form(box.port, primary__username="support")))[-1]
    assert result["code"] == "auth.user_form"
    (fix,) = result["fixes"]
    assert fix["changes"] == {"primary-username": "support@example.com"}
    assert "support@example.com" in fix["label"]
    assert result["technical"]
    assert result["advice"]


def test_without_script_a_fix_changes_the_form_and_tests_again(nika, box):
    values = form(box.port, primary__username="support")
    page = ask(nika, values, accept="text/html").text
    assert 'name="fix" value="use_username:support@example.com"' in page
    again = ask(nika, values | {"fix": "use_username:support@example.com"}, accept="text/html")
    assert "queued as 0001" in again.text
    assert read(again.text).values()["primary-username"] == "support@example.com"


@pytest.mark.parametrize("fix", ["", "x", "use_host:", "use_open_port:x/y", "drop_table:users"])
def test_a_fix_that_nobody_knows_changes_nothing(nika, box, fix):
    assert lines(ask(nika, form(box.port, fix=fix)))[-1]["state"] == "passed"


@pytest.mark.parametrize(
    ("own", "changed"), [("", "sender_address"), ("info@example.com", "primary-sender_address")]
)
def test_a_fix_of_the_sender_changes_the_one_that_this_server_uses(app, own, changed):
    typed = {"sender_address": "support@example.com", "primary-sender_address": own}
    fix = {"fix": "use_sender:mailbox@example.com"}
    with app.test_request_context(method="POST", data=typed | fix):
        posted = fixing.posted(Role.PRIMARY)
    assert posted.to_dict() == typed | {changed: "mailbox@example.com"}


def test_a_fix_never_takes_the_stored_password_elsewhere(nika, box):
    post(nika, **{k.replace("-", "__"): v for k, v in form(box.port).items()})
    answer = ask(nika, form(box.port, primary__password="", fix="use_host:evil.example.com"))
    assert answer.status_code == 422
    assert "primary-password" in lines(answer)[0]["errors"]


def test_a_pasted_address_is_split_on_demand(nika, box):
    typed = form(box.port, primary__host=f"smtp://127.0.0.1:{box.port}/")
    (line,) = lines(ask(nika, typed))
    assert line["code"] == "in.host_scheme"
    fix = line["fixes"][0]
    assert fix["changes"] == {"primary-host": "127.0.0.1", "primary-port": str(box.port)}
    assert lines(ask(nika, typed | {"fix": fix["value"]}))[-1]["state"] == "passed"


def test_the_usual_ports_are_looked_at_on_demand(nika):
    (line,) = lines(ask(nika, form(25), path="/system/smtp/primary/ports"))
    assert line["stage"] == "ports"
    assert [row["port"] for row in line["ports"]] == [465, 587, 25, 2525]
    page = ask(nika, form(25), path="/system/smtp/primary/ports", accept="text/html")
    assert page.text.count("<td>") >= 8


def test_the_text_for_the_hosting_company_says_everything(nika):
    with Postbox(credentials=("other", "other")) as strict:
        result = lines(ask(nika, form(strict.port)))[-1]
        place = f"127.0.0.1:{strict.port}"
    for text in result["reports"].values():
        assert place in text
        assert "535 5.7.8" in text
        assert str(clock.now().year) in text
        assert PASSWORD not in text
    assert "آذر" in result["reports"]["en"] or "/" in result["reports"]["en"]
    assert "tell us what we should change" in result["reports"]["en"]


def test_an_unknown_answer_is_counted_once_for_each_kind(nika):
    for _ in range(2):
        say = {"AUTH": f"550 5.0.0 blue moon 12{_} for a{_}@example.com"}
        with Postbox(credentials=("a", "b"), say=say) as odd:
            assert lines(ask(nika, form(odd.port)))[-1]["code"] == "sys.unknown"
    db.session.rollback()
    (row,) = unknown_replies.most_frequent()
    assert (row.stage, row.code, row.count) == ("sign_in", 550, 2)
    assert row.text == "# blue moon # for <address>"


def test_a_change_in_the_environment_makes_the_green_tick_go(nika, box, configure):
    post(nika, **{k.replace("-", "__"): v for k, v in form(box.port).items()})
    ask(nika, form(box.port)).get_data()
    db.session.rollback()
    assert conditions.of(Role.PRIMARY).test == conditions.Test.PASSED
    configure(environment={"PEYK_SMTP_PRIMARY_USERNAME": "another@example.com"})
    assert conditions.of(Role.PRIMARY).test == conditions.Test.NONE_SINCE_CHANGE


def test_a_reader_who_leaves_frees_the_turn_and_the_line_at_once(app, configure):
    configure(rate_limits=True)
    with Postbox(hang_at="MAIL") as slow, app.test_request_context():
        server = ServerSettings(
            Role.PRIMARY, "127.0.0.1", slow.port, Encryption.NONE, requires_auth=False
        )
        test = ConnectionTest(server, "a@example.com", "b@example.com", b"x")
        assert trial.TURNS.take("leaver") is None
        prepared = Prepared(Probe(test, current_config()), server, "", "leaver")
        watched = prepared.watch()
        assert any(one is None for one in watched)
        started = time.monotonic()
        watched.close()
        assert trial.TURNS.take("leaver") is None
        assert time.monotonic() - started < 1


def test_a_sign_of_life_does_not_break_the_lines(nika, monkeypatch):
    monkeypatch.setattr(relay, "PAUSE", 0.05)
    with Postbox(drip=0.01) as slow:
        answer = lines(ask(nika, form(slow.port, primary__requires_auth="")))
    assert [line["stage"] for line in answer] == STAGES


def test_switching_on_without_an_active_server_is_told(nika):
    answer = post(nika, primary__active=None)
    assert answer.status_code == 303
    assert "neither server is active" in nika.get("/system/smtp?lang=en").text
