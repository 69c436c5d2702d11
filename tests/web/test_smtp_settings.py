"""The page of the SMTP settings: what it asks, refuses, keeps and shows."""

import re

import pytest

from app.core import audit
from app.extensions import db
from app.mail.models import Encryption, MailSettings, Role, SmtpServer
from app.mail.servers import last_tests, servers
from tests.page import problems, read
from tests.pressing import token
from tests.web.people import all_speak

PATH = "/system/smtp"
PASSWORD = "correct-horse-1"
FORM = {
    "sender_address": "support@example.com",
    "sender_name": "پشتیبانی",
    "smtp_active": "y",
    "primary-host": "mail.example.com",
    "primary-port": "587",
    "primary-encryption": "starttls",
    "primary-requires_auth": "y",
    "primary-username": "support@example.com",
    "primary-password": PASSWORD,
    "primary-active": "y",
    "secondary-host": "",
    "secondary-port": "",
    "secondary-encryption": "starttls",
    "secondary-username": "",
    "secondary-password": "",
    "secondary-sender_address": "",
}


def post(browser, language="en", **changes):
    """Send the form with these changes; None leaves a field out, `__` stands for the hyphen."""
    values = FORM | {name.replace("__", "-"): value for name, value in changes.items()}
    sent = {name: value for name, value in values.items() if value is not None}
    all_speak(language)
    sent["csrf_token"] = token(browser)
    return browser.post(PATH, data=sent)


def stored():
    db.session.rollback()
    return servers.current()


def nothing_is_stored():
    db.session.rollback()
    return db.session.get(MailSettings, 1) is None and db.session.get(SmtpServer, "primary") is None


def errors(answer):
    """What stands beside the fields, by the id of the field."""
    found = re.findall(r'id="([^"]+)-error">.*?<span>(.*?)</span></p>', answer.text, re.DOTALL)
    return {name: re.sub(r"<[^>]+>", "", text) for name, text in found}


def test_what_is_confirmed_is_stored(nika):
    answer = post(nika)
    assert (answer.status_code, answer.location) == (303, PATH)
    assert stored().primary.host == "mail.example.com"
    assert stored().primary.password.reveal() == PASSWORD
    assert "Saved" in nika.get(PATH).text


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_is_in_order(nika, language):
    assert problems(nika.get(f"{PATH}?lang={language}").text, language) == []


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_with_errors_is_in_order(nika, language):
    answer = post(nika, language, primary__host="http://x", sender_address="a@@b")
    assert problems(answer.text, language) == []


def test_the_words_of_the_owner_stand_on_the_persian_page(nika):
    page = nika.get(f"{PATH}?lang=fa").text
    for words in (
        "آدرس فرستنده", "نام فرستنده", "فعال بودن SMTP", "سرور SMTP", "پورت", "SSL",
        "Authentication", "نام کاربری", "رمز عبور", "فعال بودن SMTP اصلی",
        "فعال بودن SMTP ثانوی", "تست SMTP اصلی", "تست SMTP ثانوی", "آدرس فرستندهٔ ثانوی", "تأیید",
    ):  # fmt: skip
        assert words in page


def test_every_field_has_a_hint_and_help(nika):
    page = read(nika.get(f"{PATH}?lang=en").text)
    for name in ("sender_address", "sender_name", "smtp_active", *SERVER_FIELDS):
        assert page.by_id(f"{name}-hint"), name
    assert page.root.text.count("Help:") == 0
    assert len(page.root.all("summary")) >= 17


def test_every_help_stands_on_the_page_of_all_help_once(nika):
    links = [link.attributes["href"] for link in read(nika.get(PATH).text).root.all("a")]
    pointed = [link.partition("#")[2] for link in links if link.startswith(f"{PATH}/help#")]
    page = read(nika.get(f"{PATH}/help").text)
    helps = [one.attributes["id"] for one in page.root.all("div") if one.get("class") == "sub"]
    assert len(helps) == len(set(helps)) == 17
    assert set(pointed) == set(helps)
    assert all(page.by_id(one).text.strip() for one in helps)


SERVER_FIELDS = [
    f"{role}-{name}"
    for role in ("primary", "secondary")
    for name in ("host", "port", "encryption", "requires_auth", "username", "password", "active")
]


def test_people_without_rights_find_no_page(omid, client):
    assert omid.get(PATH).status_code == 404
    assert omid.post(PATH, data={}).status_code in (400, 404)
    assert client.get(PATH).status_code == 303


def test_a_form_without_token_stores_nothing(nika):
    assert nika.post(PATH, data=FORM).status_code == 400
    assert nothing_is_stored()


@pytest.mark.parametrize("digits", ["۲۵۲۵", "٢٥٢٥", " 2525 ", "2\u200e525"])
def test_a_port_is_read_in_any_digits(nika, digits):
    assert post(nika, primary__port=digits).status_code == 303
    assert stored().primary.port == 2525


def test_an_address_with_invisible_characters_is_stored_clean_and_said(nika):
    hidden = {"sender_address": "\u200fsupport\u200c@example.com"}
    post(nika, primary__host="mail\u200b.example.com", **hidden)
    assert stored().sender_address == "support@example.com"
    assert stored().primary.host == "mail.example.com"
    assert "Hidden characters were removed" in nika.get(PATH).text


@pytest.mark.parametrize(("encryption", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_an_empty_port_follows_the_encryption(nika, encryption, port):
    post(nika, primary__port="", primary__encryption=encryption, primary__requires_auth=None)
    assert stored().primary.port == port


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sender_address", "", "Enter the address"),
        ("sender_address", "support", "@"),
        ("sender_address", "a@example.com, b@example.com", "one e-mail address"),
        ("sender_address", "نام@example.com", "Latin"),
        ("sender_name", "x" * 71, "70"),
        ("sender_name", "a\r\nBcc: x@example.com", "one line"),
        ("sender_name", "a\u2028b", "one line"),
        ("primary__host", "", "Enter the name"),
        ("primary__host", "https://mail.example.com", "only the name"),
        ("primary__host", "mail.example.com:587", "only the name"),
        ("primary__host", "mail.example.com/path", "only the name"),
        ("primary__host", "support@example.com", "mail.example.com"),
        ("primary__host", "mail..example.com", "not the name of a server"),
        ("primary__host", "2130706433", "not the name of a server"),
        ("primary__host", "0x7f.1", "not the name of a server"),
        ("primary__port", "0", "1 to 65535"),
        ("primary__port", "65536", "1 to 65535"),
        ("primary__port", "-1", "1 to 65535"),
        ("primary__port", "۵۸۷x", "1 to 65535"),
        ("primary__port", "993", "reading"),
        ("primary__port", "۱۱۰", "reading"),
        ("primary__encryption", "ssl3", "one of the options"),
        ("primary__username", "", "user name"),
        ("primary__password", "", "Enter the password"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_is_stored(nika, field, value, words):
    answer = post(nika, **{field: value})
    assert answer.status_code == 422
    assert words in errors(answer)[field.replace("__", "-")]
    assert 'id="error-summary"' in answer.text
    assert f'href="#{field.replace("__", "-")}"' in answer.text
    assert nothing_is_stored()


def test_what_was_typed_is_kept_but_never_the_password(nika):
    answer = post(nika, primary__port="70000", sender_name="نام من")
    values = read(answer.text).values()
    assert values["sender_name"] == "نام من"
    assert values["primary-port"] == "70000"
    assert values["primary-host"] == "mail.example.com"
    assert PASSWORD not in answer.text


def test_a_name_of_seventy_persian_letters_is_allowed(nika):
    assert post(nika, sender_name="آ" * 70).status_code == 303
    # Two code points each before NFC, one after.
    assert post(nika, sender_name="آ" * 70, primary__password="").status_code == 303
    assert stored().sender_name == "آ" * 70


def test_an_inactive_server_needs_nothing(nika):
    empty = dict.fromkeys(("host", "username", "password", "port"), "")
    changes = {f"primary__{name}": value for name, value in empty.items()}
    assert post(nika, primary__active=None, **changes).status_code == 303


def test_an_active_secondary_needs_its_fields(nika):
    answer = post(nika, secondary__active="y", secondary__requires_auth="y")
    assert set(errors(answer)) >= {"secondary-host", "secondary-username", "secondary-password"}


def test_switching_off_says_what_it_means(nika):
    assert "users are cut off" in nika.get(f"{PATH}?lang=en").text
    assert post(nika, smtp_active=None).status_code == 303
    assert not stored().smtp_active


def test_the_password_is_in_no_answer(nika):
    post(nika)
    for answer in (nika.get(PATH), post(nika, primary__host=""), post(nika, primary__port="465")):
        assert PASSWORD not in answer.text
    entries = db.session.scalars(db.select(audit.AuditEntry)).all()
    assert PASSWORD not in str([entry.details for entry in entries])


def test_an_empty_password_keeps_the_stored_one(nika):
    post(nika)
    assert post(nika, primary__password="", sender_name="other").status_code == 303
    assert stored().primary.password.reveal() == PASSWORD


@pytest.mark.parametrize("mask", ["••••••••", "********", "●●●●"])
def test_a_mask_is_never_stored_as_a_password(nika, mask):
    post(nika)
    assert post(nika, primary__password=mask).status_code == 303
    assert stored().primary.password.reveal() == PASSWORD


def test_a_mask_is_no_first_password(nika):
    assert post(nika, primary__password="••••").status_code == 422
    assert nothing_is_stored()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"primary__host": "evil.example.net"},
        {"primary__port": "2525"},
        {"primary__encryption": "none"},
        {"primary__username": "eve"},
    ],
)
def test_a_new_destination_wants_the_password_again(nika, elsewhere):
    post(nika)
    answer = post(nika, primary__password="", **elsewhere)
    assert answer.status_code == 422
    assert "password again" in errors(answer)["primary-password"]
    assert stored().primary.host == "mail.example.com"


def test_the_stored_password_is_removed_on_request(nika):
    post(nika)
    changes = {"primary__password": "", "primary__requires_auth": None}
    assert post(nika, primary__forget_password="y", **changes).status_code == 303
    assert stored().primary.password_state == "none"


def test_a_lost_key_asks_for_the_password_once_more(nika, configure):
    post(nika)
    row = db.session.get_one(SmtpServer, Role.PRIMARY)
    row.sealed_password = "v1.deadbeef.AAAA"
    db.session.commit()
    assert "type it once more" in nika.get(f"{PATH}?lang=en").text.lower()
    answer = post(nika, primary__password="")
    assert "once more" in errors(answer)["primary-password"]
    assert post(nika, primary__password="again").status_code == 303


def test_a_fixed_field_is_locked_and_names_its_variable(nika, configure):
    configure(environment={"PEYK_SMTP_PRIMARY_HOST": "relay.example.org", "PEYK_SMTP_ACTIVE": "on"})
    page = nika.get(f"{PATH}?lang=en").text
    assert "PEYK_SMTP_PRIMARY_HOST" in page
    assert "PEYK_SMTP_ACTIVE" in page
    assert post(nika, primary__host="evil.example.net", smtp_active=None).status_code == 303
    assert stored().primary.host == "relay.example.org"
    assert stored().smtp_active


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"primary__port": "465"}, "primary-port"),
        ({"primary__encryption": "tls"}, "primary-port"),
        ({"primary__encryption": "none", "primary__port": "25"}, "primary-encryption"),
        ({"primary__password": "رمز۱۲"}, "primary-password"),
        ({"primary__password": " secret"}, "primary-password"),
        ({"primary__password": "sec\u200bret"}, "primary-password"),
        (
            {
                "secondary__active": "y",
                "secondary__host": "mail.example.com",
                "secondary__port": "587",
                "secondary__username": "support@example.com",
                "secondary__password": "x",
            },
            "secondary-host",
        ),
    ],
)
def test_a_warning_stops_once_and_is_overridden_by_confirming(nika, changes, field):
    answer = post(nika, **changes)
    assert answer.status_code == 422
    assert field in errors(answer)
    assert nothing_is_stored()
    (keys,) = re.findall(r'name="confirm_warnings" value="([^"]+)"', answer.text)
    assert post(nika, confirm_warnings=keys, **changes).status_code == 303
    assert stored().primary.is_saved


def test_what_was_confirmed_once_is_not_asked_again(nika):
    post(nika, primary__port="465", confirm_warnings="primary.tls_port")
    assert post(nika, primary__port="465", primary__password="").status_code == 303


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.5", "localhost"])
def test_a_server_nearby_may_take_the_password_in_clear(nika, host):
    changes = {"primary__host": host, "primary__port": "2525", "primary__encryption": "none"}
    assert post(nika, **changes).status_code == 303


def test_a_password_travels_byte_for_byte(nika):
    odd = ' رمز "<&>\\ \u200c'
    post(nika, primary__password=odd, confirm_warnings="primary.pass_hidden")
    assert stored().primary.password.reveal() == odd


def test_the_secondary_may_send_as_itself(nika):
    post(nika, secondary__sender_address="Help@Example.NET", secondary__host="smtp.example.net")
    assert stored().secondary.sender_address == "Help@example.net"


def test_the_card_says_that_nothing_was_tested_since_the_change(nika):
    post(nika)
    assert "Not tested since the last change" in nika.get(f"{PATH}?lang=en").text
    last_tests.remember(stored().primary, passed=True, stage="", code="")
    assert "Test passed" in nika.get(f"{PATH}?lang=en").text
    last_tests.remember(stored().primary, passed=False, stage="sign_in", code="auth.wrong")
    assert "Sign-in to the server" in nika.get(f"{PATH}?lang=en").text
    post(nika, primary__encryption=Encryption.TLS.value, primary__port="2465")
    assert "Not tested since the last change" in nika.get(f"{PATH}?lang=en").text


HOSTILE = ["a\x00b", "a\udfffb".encode("utf-8", "surrogatepass"), "x" * 1_000_000, "a\u202eb"]


@pytest.mark.parametrize("text", HOSTILE, ids=["NUL", "surrogate", "megabyte", "override"])
@pytest.mark.parametrize("field", ["sender_name", "primary-host", "primary-password"])
def test_hostile_text_is_refused_and_not_stored(nika, field, text):
    values = FORM | {"csrf_token": token(nika), field: text}
    answer = nika.post(PATH, data=values)
    assert 400 <= answer.status_code < 500
    assert nothing_is_stored()


def test_a_field_that_comes_twice_is_refused(nika):
    values = FORM | {"csrf_token": token(nika), "primary-host": ["a.example.com", "b.example.com"]}
    assert nika.post(PATH, data=values).status_code == 422
    assert nothing_is_stored()


def test_markup_in_a_value_is_text(nika):
    answer = post(nika, primary__username='"><script>alert(1)</script>', primary__port="0")
    assert "<script>alert" not in answer.text


def test_the_limits_of_a_server_are_saved_in_any_digits(nika):
    answer = post(nika, primary__max_connections="۲", primary__messages_per_minute="٦٠")
    assert answer.status_code == 303
    assert (stored().primary.max_connections, stored().primary.messages_per_minute) == (2, 60)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("primary__max_connections", "0"),
        ("primary__max_connections", "51"),
        ("primary__messages_per_minute", "-1"),
        ("primary__messages_per_minute", "many"),
    ],
)
def test_a_limit_that_is_none_is_refused_and_kept_in_the_form(nika, field, typed):
    answer = post(nika, **{field: typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert stored().updated_at is None


def test_limits_that_are_not_posted_stay_as_they_are(nika):
    post(nika, primary__max_connections="7")
    post(nika, primary__max_connections=None, sender_name="Support")
    assert stored().primary.max_connections == 7
