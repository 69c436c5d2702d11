"""What the SMTP page must hold against, by the numbers of its security requirements.

The same guards as delivery meets them are in tests/mail/test_guards.py.
"""

import json

import pytest

from app.core import audit
from app.extensions import db
from app.mail.servers import servers
from app.mail.smtp import network
from tests.page import read
from tests.postbox import Postbox
from tests.web.test_connection_test import ask, form, lines
from tests.web.test_smtp_settings import FORM, PASSWORD, PATH, errors, nothing_is_stored, post

PIN = ":".join(["AB"] * 32)
HOSTILE = "535 5.7.8 <script>alert(1)</script> \u202edesrever\u202c \x1b[31mred\x07"
# Signs with which a line ends somewhere, or something is hidden.
BREAKS = ["\r\n", "\n", "\x00", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"]
FORBIDDEN = [
    ("127.0.0.1", "587"), ("10.1.2.3", "587"), ("192.168.0.1", "25"), ("169.254.169.254", "2525"),
    ("100.100.100.200", "465"), ("::1", "587"), ("8.8.8.8", "22"), ("localhost", "587"),
]  # fmt: skip


def test_r66_the_password_never_returns_to_the_browser(nika):
    post(nika)
    for language in ("fa", "en"):
        assert PASSWORD not in nika.get(f"{PATH}?lang={language}").text
    assert PASSWORD not in post(nika, primary__host="no host!").text
    with Postbox(credentials=("a", "b"), say={"AUTH": f"535 no {PASSWORD[:4]}"}) as box:
        for accept in ("text/html", "application/x-ndjson"):
            answer = ask(nika, form(box.port, primary__password=PASSWORD), accept=accept)
            assert PASSWORD not in answer.text
    details = [str(one.details) for one in db.session.scalars(db.select(audit.AuditEntry))]
    assert details
    assert PASSWORD not in " ".join(details)


def test_r66_blank_keeps_a_mask_is_none_and_remove_removes(nika):
    post(nika)
    for typed in ("", "••••••••", "********"):
        assert post(nika, primary__password=typed).status_code == 303
        db.session.rollback()
        assert servers.current().primary.password.reveal() == PASSWORD
    gone = {"primary__password": "", "primary__requires_auth": None}
    post(nika, primary__forget_password="y", **gone)
    db.session.rollback()
    assert servers.current().primary.password_state == "none"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"primary__host": "evil.example.net"},
        {"primary__port": "2525"},
        {"primary__encryption": "none"},
        {"primary__username": "other@example.com"},
        {"primary__certificate_name": "server.host.ir"},
        {"primary__trusted_certificate": PIN},
    ],
)
def test_r68_another_destination_wants_the_password_for_saving_and_for_testing(nika, elsewhere):
    post(nika)
    answer = post(nika, primary__password="", **elsewhere)
    assert answer.status_code == 422
    assert "Enter the password again" in errors(answer)["primary-password"]
    values = FORM | {"primary-password": ""}
    values |= {name.replace("__", "-"): value for name, value in elsewhere.items()}
    refused = ask(nika, values)
    assert refused.status_code == 422
    assert "primary-password" in lines(refused)[0]["errors"]


def test_r71_forbidden_places_cannot_be_told_apart(nika, configure, monkeypatch):
    """The same words, the same stage, no connection, and no time in which there could be one."""
    configure(smtp_private_hosts="deny")
    touched = []
    monkeypatch.setattr(network, "connected", lambda *place: touched.append(place))
    seen = set()
    for host, port in FORBIDDEN:
        there = {"primary__host": host, "primary__port": port}
        *steps, result = lines(ask(nika, form(25, **there)))
        said = json.dumps([result["message"], result["meaning"], result["advice"]])
        told = result["technical"].replace(f"{host}:{port}", "PLACE")
        said = said.replace(f"{host}:{port}", "PLACE")
        seen.add((result["code"], steps[0]["stage"], steps[0]["reply"], said, told))
        assert result["transcript"] == result["ports"] == []
        assert result["duration_ms"] < 500
    assert len(seen) == 1
    assert touched == []


@pytest.mark.parametrize(
    "first", ["SSH-2.0-Secret", "* OK Secret", "HTTP/1.1 200 Secret", "200 Secret"]
)
@pytest.mark.parametrize("accept", ["text/html", "application/x-ndjson"])
def test_r71_what_other_services_say_is_not_shown(nika, first, accept):
    with Postbox(say={"GREETING": first}) as box:
        answer = ask(nika, form(box.port), accept=accept)
        assert "Secret" not in answer.text
    if accept != "text/html":
        result = lines(answer)[-1]
        assert (result["code"], result["transcript"]) == ("banner.not_smtp", [])


def test_r72_nobody_can_switch_verification_off(nika):
    names = {one.get("name") for one in read(nika.get(PATH).text).root.all("input")}
    assert {"primary-certificate_name", "primary-trusted_certificate"} <= names
    for name in ("primary-verify", "primary-verify_certificate", "primary-insecure"):
        assert nika.post(PATH, data=FORM | {name: "off"}).status_code in (400, 422)
    assert nothing_is_stored()


@pytest.mark.parametrize("sign", BREAKS)
@pytest.mark.parametrize(
    "field", ["sender_name", "sender_address", "primary-host", "primary-username",
              "primary-certificate_name", "primary-trusted_certificate"],
)  # fmt: skip
def test_r73_no_line_can_be_slipped_in(nika, field, sign):
    typed = f"a{sign}Bcc: x@example.com"
    answer = post(nika, **{field.replace("-", "__"): typed})
    assert answer.status_code in (400, 422)
    assert nothing_is_stored()


@pytest.mark.parametrize("recipient", ["a@b.ir, c@d.ir", "a@b.ir\r\nRCPT TO:<c@d.ir>", "a@b.ir>"])
def test_r73_a_test_goes_to_exactly_one_recipient(nika, recipient):
    with Postbox() as box:
        assert ask(nika, form(box.port, recipient=recipient)).status_code in (400, 422)
        assert box.connections == 0


@pytest.mark.parametrize("language", ["fa", "en"])
def test_r73_what_a_server_says_is_cut_cleaned_and_escaped_wherever_it_is_shown(nika, language):
    with Postbox(credentials=("a", "b"), say={"AUTH": HOSTILE + " long" * 900}) as box:
        page = ask(nika, form(box.port), accept="text/html", language=language).text
        answer = lines(ask(nika, form(box.port), language=language))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    result = answer[-1]
    shown = [*result["transcript"], *result["reports"].values(), *(one["reply"] for one in answer)]
    assert any("desrever" in text for text in shown)
    for text in (page, *shown):
        assert not {"\u202e", "\u202c", "\x1b", "\x07"} & set(text)
    assert max(len(one["reply"]) for one in answer) <= 1000
    assert max(len(line) for line in result["transcript"]) <= 500
