"""The mailbox for developers."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from app.i18n import locales
from tests.page import problems, read
from tests.web.browser import Browser

LINK = "http://localhost/activate/abc_123-x"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    return tmp_path / "mail"


@pytest.fixture
def browser(developing: Flask) -> FlaskClient:
    """A browser before an application in development."""
    return Browser(developing, developing.response_class)


def write(folder: Path, name: str = "one", subject: str = "فعال‌سازی حساب") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "support@example.com", "sara@example.com", subject
    mail.set_content(f"سلام\n\n{LINK}\n\nپایان")
    html = f'<html><head><title>x</title></head><body><a href="{LINK}">x</a></body></html>'
    mail.add_alternative(html, subtype="html")
    (folder / f"{name}.eml").write_bytes(bytes(mail))


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_an_empty_mailbox_says_what_to_do(browser, folder, locale):
    answer = browser.get(f"/dev/mail?lang={locale}")
    assert problems(answer.text, locale) == []
    assert "/register" in answer.text


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_a_mail_is_listed_and_shown(browser, folder, locale):
    write(folder)
    page = browser.get(f"/dev/mail?lang={locale}")
    assert problems(page.text, locale) == []
    assert "فعال‌سازی حساب" in page.text
    shown = browser.get("/dev/mail/one")
    assert problems(shown.text, locale) == []
    assert [
        a.get("href") for a in read(shown.text).root.all("a") if "activate" in a.get("href")
    ] == [LINK]


def test_the_newest_mail_stands_first(browser, folder):
    write(folder, "a", "first")
    write(folder, "b", "second")
    text = browser.get("/dev/mail").text
    assert text.index("second") < text.index("first")


def test_the_html_of_a_mail_lives_in_a_world_of_its_own(browser, folder):
    write(folder)
    body = browser.get("/dev/mail/one/body")
    policy = body.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert body.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in browser.get("/dev/mail/one").headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["two", "..%2fone", "%2e%2e", "one.eml", "%00", "."])
def test_nothing_else_is_read(browser, folder, name):
    write(folder)
    assert browser.get(f"/dev/mail/{name}").status_code == 404


def test_a_hostile_subject_is_only_text(browser, folder):
    write(folder, subject="<script>alert(1)</script>")
    assert "<script>alert" not in browser.get("/dev/mail").text
    assert problems(browser.get("/dev/mail/one").text, "fa") == []


def test_elsewhere_there_is_no_such_page(client):
    assert client.get("/dev/mail").status_code == 404


@pytest.mark.parametrize("code", sorted(locales.LOCALES))
def test_every_kind_of_mail_can_be_looked_at_in_every_language(browser, code):
    names = [c.text for c in read(browser.get("/dev/mail/previews").text).root.all("code")]
    assert {"activation", "recovery", "connection_test"} <= set(names)
    for name in names:
        answer = browser.get(f"/dev/mail/previews/{name}/{code}?lang=fa")
        assert answer.status_code == 200, f"add {name} to app/accounts/mails/samples.py"
        assert problems(answer.text, "fa") == [], name
        body = browser.get(f"/dev/mail/previews/{name}/{code}/body")
        html = read(body.text).root.all("html")[0]
        assert html.get("lang") == locales.get(code).tag
        assert "sandbox" in body.headers["Content-Security-Policy"]


def test_a_preview_leaves_nothing_behind(browser, app):
    assert browser.get("/dev/mail/previews/activation/fa").status_code == 200
    for table in db.metadata.sorted_tables:
        assert db.session.execute(select(func.count()).select_from(table)).scalar() == 0, table


@pytest.mark.parametrize(
    "path", ["nothing/fa", "activation/xx", "activation/..%2f", "nothing/fa/body"]
)
def test_there_is_no_preview_of_anything_else(browser, path):
    assert browser.get(f"/dev/mail/previews/{path}").status_code == 404
