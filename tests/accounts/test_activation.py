from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.accounts import activation, registration, tokens
from app.accounts.activation import Link, NotActivated
from app.accounts.mails import mails
from app.accounts.models import ActivationToken
from app.accounts.passwords import passwords
from app.extensions import db
from app.mail import kinds
from app.mail.models import OutboxState
from tests import people
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR


def refusal(token):
    with pytest.raises(NotActivated) as caught:
        activation.activate(token, VISITOR)
    return caught.value.link


def request_of(mail):
    return kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)


def press(app, token):
    with app.app_context():
        try:
            activation.activate(token, VISITOR)
        except NotActivated as refused:
            return refused.link.value
        return "activated"


def test_pressing_the_button_makes_the_user(app):
    token = people.issue(people.register(name="سارا", locale="en"))
    user = activation.activate(token, VISITOR).user
    assert (user.name, user.email, user.locale, user.role) == (
        "سارا",
        "sara@example.com",
        "en",
        "user",
    )
    assert passwords.matches(PASSWORD, user.password_hash)
    assert people.attempts() == []


def test_r01_looking_changes_nothing(app):
    token = people.issue(people.register())
    assert {activation.look_at(token).link for _time in range(3)} == {Link.USABLE}
    assert people.everybody() == []


def test_r05_a_link_works_once(app):
    token = people.issue(people.register())
    activation.activate(token, VISITOR)
    assert refusal(token) is Link.UNKNOWN


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "\udcff", "a" * 10_000, "\x00"])
def test_r35_an_altered_link_opens_nothing(app, token):
    people.issue(people.register())
    assert refusal(token) is Link.UNKNOWN


def test_r07_a_link_expires_after_a_day(app, time_machine):
    token = people.issue(people.register())
    time_machine.pass_(hours=23, minutes=59)
    assert activation.look_at(token).link is Link.USABLE
    time_machine.pass_(minutes=2)
    assert refusal(token) is Link.EXPIRED
    assert people.everybody() == []


def test_r07_the_day_begins_when_a_server_takes_the_mail(app, time_machine):
    people.register()
    (mail,) = people.mails()
    token = link_of(kinds.compose("activation", request_of(mail)))
    db.session.commit()
    time_machine.pass_(hours=40)
    accept(mail, time_machine.now())
    db.session.commit()
    time_machine.pass_(hours=23)
    assert activation.look_at(token).link is Link.USABLE


def test_acceptance_after_a_long_outage_keeps_the_attempt(app, time_machine):
    asked = people.register()
    (mail,) = people.mails()
    time_machine.pass_(days=9)
    accept(mail, time_machine.now())
    db.session.commit()
    assert registration.find(asked.handle).keep_until == time_machine.now() + timedelta(hours=24)


def accept(mail, at):
    assert mails.activation.accepted is not None
    mails.activation.accepted(request_of(mail), at)


def link_of(written):
    return next(
        word.rpartition("/")[2].partition("?")[0]
        for word in written.text.split()
        if "/activate/" in word
    )


def test_r07_a_fresh_link_is_asked_for_with_the_expired_one(app, time_machine):
    token = people.issue(people.register())
    time_machine.pass_(hours=25)
    activation.renew(token, VISITOR)
    assert people.mails()[-1].state == OutboxState.QUEUED
    assert people.mails()[-1].recipient == "sara@example.com"


def test_a_link_that_still_works_asks_for_nothing(app):
    token = people.issue(people.register())
    with pytest.raises(NotActivated):
        activation.renew(token, VISITOR)
    assert len(people.mails()) == 1


def test_r04_only_the_digest_of_a_link_is_stored(app):
    token = people.issue(people.register())
    row = db.session.scalars(db.select(ActivationToken)).one()
    assert row.digest == tokens.digest(token)
    assert token not in str(vars(row))
    assert len(token) >= 43


def test_r15_three_links_of_an_attempt_live_and_no_more(app):
    asked = people.register()
    links = [people.issue(asked, outbox_id) for outbox_id in (901, 902, 903, 904)]
    worth = [activation.look_at(link).link for link in links]
    assert worth == [Link.UNKNOWN, Link.USABLE, Link.USABLE, Link.USABLE]


def test_r15_the_tries_of_one_mail_do_not_push_out_the_link_of_another(app):
    asked = people.register()
    arrived = people.issue(asked, 901)
    for _try in range(10):
        people.issue(asked, 902)
    assert activation.look_at(arrived).link is Link.USABLE


def test_r06_activation_takes_name_and_password_of_its_own_attempt(app):
    people.register(name="Mallory", password=OTHER_PASSWORD)
    token = people.issue(people.register(name="سارا"))
    user = activation.activate(token, VISITOR).user
    assert user.name == "سارا"
    assert passwords.matches(PASSWORD, user.password_hash)
    assert not passwords.matches(OTHER_PASSWORD, user.password_hash)


def test_r15_activation_ends_every_other_attempt_for_the_address(app):
    other = people.issue(people.register())
    token = people.issue(people.register("SARA@example.com"))
    people.register("nima@example.com")
    activation.activate(token, VISITOR)
    assert [attempt.email_key for attempt in people.attempts()] == ["nima@example.com"]
    assert activation.look_at(other).link is Link.UNKNOWN
    assert [mail.state for mail in people.mails()] == [
        OutboxState.CANCELLED,
        OutboxState.CANCELLED,
        OutboxState.QUEUED,
    ]


def test_a_link_to_an_address_that_has_its_user_says_so(app):
    token = people.issue(people.register())
    people.nika("sara@example.com")
    assert activation.look_at(token).link is Link.ALREADY_ACTIVE
    assert refusal(token) is Link.ALREADY_ACTIVE


def test_an_attempt_for_a_known_address_is_never_activated(app):
    people.omid()
    token = people.issue(people.register("omid@example.com"))
    assert refusal(token) is Link.ALREADY_ACTIVE
    assert len(people.everybody()) == 1


def test_r05_thirty_presses_at_once_make_one_user(app):
    token = people.issue(people.register())
    db.session.remove()
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _press: press(app, token), range(30)))
    assert answers.count("activated") == 1
    assert set(answers) <= {"activated", "unknown", "already_active"}
    assert len(people.everybody()) == 1


def test_r05_links_of_many_attempts_pressed_at_once_make_one_user(app):
    links = [people.issue(people.register()) for _attempt in range(8)]
    db.session.remove()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda link: press(app, link), links))
    assert answers.count("activated") == 1
    assert len(people.everybody()) == 1
    assert people.attempts() == []
