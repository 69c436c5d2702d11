"""Hostile input to every form: an answer with words, never a crash, nothing stored."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import PendingRegistration
from app.extensions import db
from app.mail.models import OutboxMessage, SmtpServer
from tests.page import problems
from tests.pressing import token

FORMS = {
    "/register": {"name": "سارا", "email": "sara@example.com"}
    | dict.fromkeys(("password", "password_confirm"), "Kuhestan-talab-42-barg"),
    "/login": {"email": "sara@example.com", "password": "Kuhestan-talab-42-barg"},
    "/forgot-password": {"email": "sara@example.com"},
    "/system/users/new": {"name": "سارا", "email": "sara@example.com", "locale": "fa"},
    "/language": {"locale": "en", "next": "/login"},
    "/theme": {"theme": "dark", "next": "/login"},
    "/system/smtp": {"sender_address": "support@example.com", "primary-host": "mail.example.com"},
}
HOSTILE = {
    "nul": "a\x00b",
    "replacement": b"a\xed\xa0\x80b",
    "not-unicode": b"\xff\xfe\xff",
    "bidi": "a\u202eb",
    "overlong": "x" * 100_000,
}
CASES = [(path, field) for path, fields in FORMS.items() for field in fields]


def stored():
    return [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (PendingRegistration, OutboxMessage, SmtpServer)
    ]


@pytest.fixture
def send(client, nika):
    """Send a form with its token."""

    def post(path, data):
        browser = nika if path.startswith("/system") else client
        return browser.post(path, data={"csrf_token": token(browser)} | data)

    return post


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("path", "field"), CASES)
def test_r35_hostile_text_is_answered_with_words(send, path, field, kind):
    before = stored()
    answer = send(path, FORMS[path] | {field: HOSTILE[kind]})
    harmless = field == "next"
    assert 400 <= answer.status_code < 500 or (harmless and answer.status_code == 303)
    assert harmless or problems(answer.text, "fa") == []
    assert harmless or stored() == before


@pytest.mark.parametrize(("path", "field"), CASES)
def test_r31_a_field_sent_twice_is_never_half_believed(send, path, field):
    value = FORMS[path][field]
    answer = send(path, FORMS[path] | {field: [value, "other"]})
    assert answer.status_code < 500
    assert field in ("next", "locale", "theme") or answer.status_code == 422
    assert stored() == [0, 0, 0]


@pytest.mark.parametrize("path", [path for path in FORMS if path != "/system/smtp"])
def test_an_empty_form_is_answered_with_words(send, path):
    answer = send(path, {})
    assert 400 <= answer.status_code < 500
    assert problems(answer.text, "fa") == []
    assert stored() == [0, 0, 0]


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("path", FORMS)
def test_r35_a_megabyte_is_too_much_and_says_so(client, path, locale):
    client.get(f"/login?lang={locale}")
    answer = client.post(path, data={"name": "x" * 1_000_000})
    assert answer.status_code == 413
    assert {"fa": "۲۶۲ کیلوبایت", "en": "262 KB"}[locale] in answer.text
    assert problems(answer.text, locale) == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_r35_thousands_of_fields_are_too_many(client, kind):
    data = {f"f{number}": "" for number in range(1000)}
    assert client.post("/register", data=data, content_type=kind).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"csrf_token=%ff%fe&name=%00", b"\xff\xfe\xfd", b"name=" + b"%ED%A0%80" * 10, b"[1,2]", b"{}"],
)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data", "x/y"]
)
def test_r35_a_body_that_is_no_form_is_a_bad_request(client, body, kind):
    assert client.post("/register", data=body, content_type=kind).status_code in (400, 413, 422)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%ff", 404),
        ("/%ed%a0%80", 404),
        ("/login%00", 404),
        ("/register?lang=%ff", 200),
        ("/login?next=%ff%fe", 200),
        ("/login?next=%ed%a0%80", 200),
        ("/activate/%ff", 404),
        ("/activate/%00", 404),
    ],
)
def test_r35_an_address_that_cannot_be_read_is_no_crash(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status or answer.status_code in (400, 404, 410)
    assert problems(answer.text, "fa") == []


@pytest.mark.parametrize("stranger", ["role", "is_admin", "id", "state", "password_hash", "x"])
def test_a_form_with_an_unknown_field_is_refused_and_stores_nothing(send, stranger):
    answer = send("/register", FORMS["/register"] | {stranger: "1"})
    assert answer.status_code == 422
    assert problems(answer.text, "fa") == []
    assert db.session.scalar(select(PendingRegistration.email)) is None


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/language", {"locale": "en", "next": "/", "x": "1"}),
        ("/theme", {"theme": "dark", "x": "1"}),
        ("/logout", {"x": "1"}),
        ("/activate/unknown", {"x": "1"}),
        ("/register/waiting/resend", {"x": "1"}),
    ],
)
def test_a_button_with_an_unknown_field_is_refused(send, path, data):
    assert send(path, data).status_code == 400
