"""Settings from the address: as a page, line by line, and filled in without being stored."""

import json
import socket

import pytest

from app.extensions import db
from app.mail.discovery import discovery
from app.mail.discovery.candidate_probe import Prober
from app.mail.discovery.discovery import Network
from app.mail.models import OutboxMessage
from app.mail.servers import servers
from app.mail.smtp.destinations import Address, NameNotFound
from app.mail.smtp.session import Limits
from tests.page import problems, read
from tests.postbox import Postbox
from tests.pressing import token
from tests.web.people import all_speak
from tests.web.test_smtp_settings import FORM, nothing_is_stored, post

PATH = "/system/smtp/suggestions"
NDJSON = "application/x-ndjson"
QUICK = Limits(resolve=1, connect=1, greeting=0.4, encrypt=1, command=0.4, total=1)
CHOICE = "mail.example.com 465 tls sign-in support@example.com"


@pytest.fixture
def places():
    """What there is in the world: the loopback port for a name and a port."""
    return {}


@pytest.fixture(autouse=True)
def world(monkeypatch, authority, places):
    """No search leaves this machine."""

    def resolve(host, port):
        if (host, port) not in places:
            raise NameNotFound(host)
        return [Address(socket.AF_INET, "127.0.0.1", places[host, port])]

    prober = Prober(resolve, "peyk.example.net", authority.path, QUICK)
    monkeypatch.setattr(discovery, "network", lambda _config: Network(prober, None, 3.0))


@pytest.fixture
def box(authority, places):
    """A good server: encrypted from the first byte, with the right certificate."""
    context = authority.context("mail.example.com")
    with Postbox(tls=context, implicit_tls=True, credentials=("a", "b")) as made:
        places["mail.example.com", 465] = made.port
        yield made


def ask(browser, *, path=PATH, language="en", accept="text/html", **changes):
    sent = FORM | {"role": "primary"} | {k.replace("__", "-"): v for k, v in changes.items()}
    all_speak(language)
    sent["csrf_token"] = token(browser)
    return browser.post(path, data=sent, headers={"Accept": accept}, buffered=True)


def lines(answer):
    assert answer.mimetype == NDJSON
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("language", ["fa", "en"])
def test_what_was_found_comes_as_a_page_with_its_reasons(nika, box, language):
    answer = ask(nika, language=language)
    assert answer.status_code == 200
    assert problems(answer.text, language) == []
    assert f'value="{CHOICE}"' in answer.text
    words = {"en": "The certificate matches the name", "fa": "گواهی با نام سرور هم‌خوان است"}
    assert words[language] in answer.text
    nothing_is_stored()


def test_everything_typed_stays_but_the_password(nika, box):
    answer = ask(nika, primary__port="2525", secondary__host="other.example.org")
    values = read(answer.text).values()
    assert (values["primary-port"], values["secondary-host"]) == ("2525", "other.example.org")
    assert FORM["primary-password"] not in answer.text


def test_other_fields_may_be_wrong_while_settings_are_looked_for(nika, box):
    answer = ask(nika, primary__host="http://x", primary__port="99999999")
    assert answer.status_code == 200
    assert CHOICE in answer.text


@pytest.mark.parametrize("language", ["fa", "en"])
def test_an_empty_result_says_what_was_tried_and_what_to_ask(nika, language):
    answer = ask(nika, language=language)
    assert answer.status_code == 200
    assert problems(answer.text, language) == []
    page = read(answer.text)
    assert page.by_id("request-fa").text.startswith("سلام")
    assert page.by_id("request-en").text.startswith("Hello")
    assert "smtp.example.com:587" in answer.text


def test_a_silent_public_service_is_not_to_be_asked_through_the_host(nika):
    answer = ask(nika, sender_address="somebody@gmail.com")
    page = read(answer.text)
    assert page.by_id("request-en") is None
    assert "The servers of" in answer.text
    assert problems(answer.text, "en") == []


def test_the_search_is_told_line_by_line(nika, box):
    *places, result = lines(ask(nika, accept=NDJSON))
    assert {line["stage"] for line in places} == {"candidate"}
    assert [line["done"] for line in places] == list(range(1, len(places) + 1))
    assert places[-1]["total"] == len(places)
    found = [line for line in places if line["state"] == "found"]
    assert [(line["host"], line["port"]) for line in found] == [("mail.example.com", 465)]
    assert (result["stage"], result["state"]) == ("result", "passed")
    (best,) = result["suggestions"]
    assert (best["host"], best["port"], best["encryption"]) == ("mail.example.com", 465, "tls")
    assert (best["username"], best["recommended"]) == ("support@example.com", True)
    assert CHOICE in result["html"]


def test_nothing_is_stored_or_sent_by_a_search(nika, box):
    ask(nika, accept=NDJSON)
    nothing_is_stored()
    assert db.session.query(OutboxMessage).count() == 0
    assert {command.split()[0] for command in box.commands} <= {"EHLO", "QUIT"}


@pytest.mark.parametrize(
    "address",
    ["", "x", "a@b@c", "a@localhost", "a@[127.0.0.1]", "a@127.0.0.1", "a@x.ir\r\nb", "a@x..ir",
     "a@" + "x" * 300 + ".ir", "a@x.ir, b@y.ir", "a@\u202eri.x", "a@169.254.169.254"],
)  # fmt: skip
def test_hostile_addresses_start_nothing_and_get_words(nika, box, address):
    answer = ask(nika, sender_address=address)
    assert answer.status_code == 422
    assert 'id="sender_address-error"' in answer.text
    refused = ask(nika, sender_address=address, accept=NDJSON)
    assert refused.status_code == 422
    (line,) = lines(refused)
    assert line["errors"]["sender_address"]
    assert line["message"]
    assert "<bdi" not in line["message"]
    assert box.connections == 0


def test_the_secondary_is_looked_for_by_its_own_sender(nika, box):
    answer = ask(nika, role="secondary", secondary__sender_address="b@example.com",
                 sender_address="")  # fmt: skip
    assert "465 tls sign-in b@example.com" in answer.text
    assert read(answer.text).values()["role"] == "secondary"


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("role", ["primary", "secondary"])
def test_a_choice_is_filled_in_and_not_stored(nika, role, language):
    answer = ask(nika, path=f"{PATH}/choice", choice=CHOICE, role=role, language=language)
    assert answer.status_code == 200
    assert problems(answer.text, language) == []
    values = read(answer.text).values()
    assert values[f"{role}-host"] == "mail.example.com"
    assert values[f"{role}-port"] == "465"
    assert values[f"{role}-encryption"] == "tls"
    assert values[f"{role}-username"] == "support@example.com"
    assert values["sender_name"] == FORM["sender_name"]
    nothing_is_stored()


def test_a_choice_does_not_touch_what_the_environment_fixes(nika, configure):
    configure(environment={"PEYK_SMTP_PRIMARY_HOST": "fixed.example.com"})
    answer = ask(nika, path=f"{PATH}/choice", choice=CHOICE)
    values = read(answer.text).values()
    assert values["primary-host"] == "fixed.example.com"
    assert values["primary-port"] == "465"


@pytest.mark.parametrize(
    "choice",
    ["", "x", "a b c d e", CHOICE + " more", CHOICE.replace("465", "0"),
     CHOICE.replace("465", "00465"), CHOICE.replace("tls", "ssl"), CHOICE.replace("sign-in", "y"),
     CHOICE.replace("mail.example.com", "http://x"), CHOICE.replace("support@", "<b>@"),
     CHOICE.replace("support@", "a\r\nb@"), CHOICE + "\x00"],
)  # fmt: skip
def test_a_choice_that_no_button_offers_is_refused(nika, choice):
    answer = ask(nika, path=f"{PATH}/choice", choice=choice)
    assert answer.status_code == 422
    assert "could not be read" in answer.text
    assert read(answer.text).values()["primary-host"] == FORM["primary-host"]
    assert problems(answer.text, "en") == []


def test_five_searches_a_minute_and_then_words(nika, configure, time_machine):
    configure(rate_limits=True)
    answers = [ask(nika, accept=NDJSON) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Try again" in lines(answers[-1])[0]["message"]
    page = ask(nika)
    assert page.status_code == 429
    assert "Try again" in page.text


def test_one_search_at_a_time(nika, configure):
    configure(rate_limits=True)
    user = db.session.execute(db.text("select id from users")).scalar_one()
    assert discovery.TURNS.take(f"admin:{user}") is None
    assert ask(nika).status_code == 429


def test_a_stored_password_is_never_part_of_a_search(nika, box):
    post(nika)
    db.session.rollback()
    assert servers.current().primary.is_saved
    answer = ask(nika, accept=NDJSON)
    assert FORM["primary-password"] not in answer.text
    assert not [command for command in box.commands if command.startswith("AUTH")]


def test_people_without_rights_find_nothing(omid, client):
    for path in (PATH, f"{PATH}/choice"):
        assert omid.post(path).status_code in (400, 404)
        assert client.post(path).status_code in (303, 400)
        assert omid.get(path).status_code in (404, 405)
