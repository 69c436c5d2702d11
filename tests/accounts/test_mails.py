import re
from datetime import UTC, datetime

import pytest

from app.accounts import activation, entrance, registration, users
from app.accounts.deletion import DELETION_ASKED
from app.accounts.entrance import Visit
from app.accounts.second_factor import second_factor
from app.core import addresses, clock
from app.extensions import db
from app.mail import kinds
from tests import people
from tests.mail.conftest import work
from tests.people import VISITOR, come_in
from tests.postbox import Postbox
from tests.serving import use


def write(mail, to=None):
    request = kinds.MailRequest(mail.id, mail.about, to or mail.recipient, mail.locale)
    written = kinds.compose(mail.kind, request)
    db.session.commit()
    return written


def newest():
    return write(people.mails()[-1])


@pytest.mark.parametrize(
    ("locale", "direction", "words"),
    [("fa", "rtl", "۲۴ ساعت"), ("en", "ltr", "24 hours")],
)
def test_r19_the_mail_speaks_the_language_of_the_registration(app, locale, direction, words):
    people.register(locale=locale)
    written = newest()
    assert f'dir="{direction}"' in written.html
    assert words in written.text
    assert words in written.html


def test_r27_the_link_comes_from_the_configuration(app, configure):
    configure(public_url="https://support.yourdomain.com")
    people.register()
    with app.test_request_context("/", base_url="http://evil.example"):
        written = newest()
    assert "https://support.yourdomain.com/activate/" in written.text
    assert "evil.example" not in written.text + written.html


@pytest.mark.parametrize("locale", ["fa", "en", "ar"])
def test_the_link_opens_the_page_in_the_language_of_the_mail(app, locale):
    people.register(locale=locale)
    links = [line for line in newest().text.splitlines() if "/activate/" in line]
    assert [link.partition("?")[2] for link in links] == [f"lang={locale}"]


def test_the_link_stands_alone_on_its_line(app):
    people.register()
    lines = newest().text.splitlines()
    at = next(number for number, line in enumerate(lines) if "/activate/" in line)
    assert lines[at].startswith("http://localhost/activate/")
    assert lines[at - 1] == lines[at + 1] == ""


def test_r19_a_name_cannot_bring_a_link_or_markup(app):
    people.register(name="win.example.com <b>now</b>")
    written = newest()
    assert "win.example.com" not in written.text + written.html
    assert "<b>now" not in written.html


def test_a_mail_whose_attempt_is_gone_is_not_written(app):
    people.register()
    (mail,) = people.mails()
    db.session.delete(people.attempts()[0])
    db.session.commit()
    assert write(mail) is None


def test_r31_a_mail_to_an_address_that_was_corrected_is_not_written(app):
    asked = people.register("sara@exmaple.com")
    registration.correct_address(asked.handle, addresses.parse("sara@example.com"), VISITOR)
    old = people.mails()[0]
    assert write(old) is None


def test_a_mail_for_somebody_who_is_active_by_now_is_not_written(app):
    people.register()
    people.nika("sara@example.com")
    assert newest() is None


def test_r08_the_owner_of_a_known_address_gets_no_activation_link(app):
    people.omid()
    people.register("omid@example.com")
    written = newest()
    assert "/activate/" not in written.text + written.html
    assert "http://localhost/login" in written.text


def test_r15_each_mail_has_a_link_of_its_own(app):
    asked = people.register()
    first = newest().text
    registration.resend(asked.handle, VISITOR)
    second = newest().text
    assert first != second
    token = second.split("/activate/")[1].split("?")[0]
    assert activation.activate(token, VISITOR).user.email == "sara@example.com"


def test_r08_the_owner_of_a_known_address_is_shown_the_ways_in(app):
    people.omid()
    people.register("omid@example.com")
    written = newest()
    for door in ("/login", "/forgot-password"):
        assert f"http://localhost{door}" in written.text
        assert f'href="http://localhost{door}?lang=fa"' in written.html


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_r19_the_mail_says_that_it_is_automatic_and_comes_from_us(app, locale):
    asked = people.register(locale=locale)
    with Postbox() as box:
        use(box)
        work()
        mail = box.only().mail
    assert mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", mail["Message-ID"])
    assert mail["Content-Language"] == locale
    assert mail["To"] == "sara@example.com"
    kinds_of_text = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds_of_text == ["text/plain", "text/html"]
    assert registration.find(asked.handle).email == "sara@example.com"


def test_r31_a_mail_goes_to_the_stored_address_whatever_is_sent_later(app):
    asked = people.register()
    registration.resend(asked.handle, VISITOR)
    assert {mail.recipient for mail in people.mails()} == {"sara@example.com"}


NEWS = (users.PASSWORD_CHANGED, entrance.NEW_BROWSER, second_factor.SWITCHED_ON, DELETION_ASKED)


@pytest.mark.parametrize("kind", NEWS)
def test_mails_tell_the_time_by_the_clock_of_their_reader(app, time_machine, kind):
    time_machine.moment = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    omid = people.omid()
    for browser in ("Firefox", "Chrome"):  # only the second one is news
        come_in(omid.id, Visit(browser), VISITOR)
    omid.delete_at = clock.now()
    if kind != entrance.NEW_BROWSER:
        users.notify(omid, kind)
    db.session.commit()
    (mail,) = people.mails(kind)
    assert "۵\u00a0آذر ۱۴۰۵، ساعت\u00a0۰۰:۳۰" in write(mail).text
    omid.time_zone = "America/New_York"
    db.session.commit()
    assert "۴\u00a0آذر ۱۴۰۵، ساعت\u00a0۱۶:۰۰" in write(mail).text
