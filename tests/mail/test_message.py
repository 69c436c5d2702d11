"""The bytes of a mail: headers that survive Persian, nothing that can be injected."""

import email
import email.policy
import random
from datetime import UTC, datetime
from email.header import decode_header, make_header
from typing import Any

import pytest

from app.mail import message as message_module
from app.mail.message import HeaderInjection, Message

WORDS = ["سلام", "SMTP", "می‌شود", "Peyk", "۱۲۳", "support", "«نمونه»", "رمز", "a,b", "؟", "کاربر"]


def written(**fields) -> Message:
    values: dict[str, Any] = {
        "sender_address": "support@example.com",
        "sender_name": "پشتیبانی Peyk",
        "to": "sara@example.com",
        "subject": "فعال‌سازی حساب",
        "text": "سلام\n",
        "html": "<p>سلام</p>",
        "locale": "fa",
        "message_id": "<1@example.com>",
        "date": datetime(2026, 11, 23, tzinfo=UTC),
    }
    return Message(**(values | fields))


def read(message: Message) -> email.message.EmailMessage:
    return email.message_from_bytes(message.as_bytes(), policy=email.policy.default)


def name_in(message: Message) -> str:
    """Read the sender's name as RFC 2047 says; Python's newer reader adds spaces to long ones."""
    raw = email.message_from_bytes(message.as_bytes())["From"]
    name = str(make_header(decode_header(raw))).replace("\r\n", "").rpartition("<")[0].strip()
    return name[1:-1] if name.startswith('"') else name


def test_mixed_subjects_and_names_keep_every_space() -> None:
    chance = random.Random(1405)
    for _ in range(400):
        subject = " ".join(chance.choices(WORDS, k=chance.randint(1, 14)))
        name = " ".join(chance.choices(WORDS, k=chance.randint(1, 8)))[:70].strip()
        message = written(subject=subject, sender_name=name)
        assert read(message)["Subject"] == subject
        assert name_in(message) == name


def test_everything_on_the_wire_is_ascii_in_short_lines() -> None:
    data = written(subject="س" * 200, text="متن " * 500, html="<p>متن</p>" * 300).as_bytes()
    assert data.isascii()
    assert max(len(line) for line in data.split(b"\r\n")) <= 78


def test_it_has_a_text_part_first_and_says_that_it_is_automatic() -> None:
    mail = read(written())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fa"
    assert mail["Precedence"] is None


@pytest.mark.parametrize("mark", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028"])
@pytest.mark.parametrize("place", ["sender_name", "subject", "to", "sender_address"])
def test_a_line_break_in_a_header_is_refused(place: str, mark: str) -> None:
    with pytest.raises(HeaderInjection):
        written(**{place: f"a{mark}Bcc: x@example.com"})


@pytest.mark.parametrize(
    "to", ["a@example.com, b@example.com", "<a@example.com>", "a b@example.com", "a@b@c", "@", ""]
)
def test_a_recipient_is_one_plain_mailbox(to: str) -> None:
    with pytest.raises(HeaderInjection):
        written(to=to)


def test_what_is_written_is_what_the_parser_of_the_library_reads() -> None:
    text, html = "سلام\n\nhttp://localhost/activate/x\n", "<p>سلام «Sara» 🙂</p>\n" * 40
    mail = read(written(text=text, html=html))
    assert not mail.defects
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in parts] == [text, html]
    assert not any(part.defects for part in parts)
    assert mail["To"].addresses[0].addr_spec == "sara@example.com"
    assert mail["Date"].datetime == datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["", "Support", 'The "best", Ltd.', "پشتیبانی", "س" * 70, "a" * 70]
)
def test_any_sender_name_comes_back_whole(name: str) -> None:
    message = written(sender_name=name)
    assert read(message)["From"].addresses[0].addr_spec == "support@example.com"
    assert name_in(message).replace('\\"', '"') == name


def test_headers_that_repeat_are_written_once() -> None:
    message_module.skeleton.cache_clear()
    for number in range(5):
        written(to=f"person{number}@example.com").as_bytes()
    assert message_module.skeleton.cache_info().misses == 1
