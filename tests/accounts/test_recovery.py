"""Forgotten password: who gets a link, what it is worth, and that it works once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.accounts import authentication, housekeeping, recovery, sessions, tokens
from app.accounts.activation import Link
from app.accounts.authentication import Credentials, SignInRefused
from app.accounts.models import RecoveryToken, User
from app.accounts.people import administration
from app.accounts.people.done import Why
from app.accounts.recovery import NotRecovered
from app.accounts.users import WeakPassword
from app.core import addresses, audit
from app.core.audit import AuditEntry
from app.core.errors import Busy, TooOften
from app.extensions import db
from app.mail import kinds
from app.mail.models import OutboxMessage, OutboxState
from tests import people
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR

NEW = "panj kabutar bar bam-e kahgeli"


def ask(email="omid@example.com", locale="fa"):
    recovery.ask(addresses.parse(email), locale, VISITOR)
    return people.mails("recovery")[-1]


def written(mail):
    request = kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)
    found = kinds.compose(mail.kind, request)
    db.session.commit()
    return found


def link_of(mail):
    text = written(mail).text
    return next(w.rpartition("/")[2].partition("?")[0] for w in text.split() if "/recover/" in w)


def link(email="omid@example.com"):
    return link_of(ask(email))


def sign_in(password, email="omid@example.com"):
    return authentication.sign_in(Credentials(email, password), VISITOR).session


def worth(token):
    return recovery.look_at(token).link


def press(app, token, password):
    with app.app_context():
        try:
            recovery.recover(token, password, VISITOR)
        except (NotRecovered, Busy):
            return 0
        finally:
            db.session.remove()
        return 1


def test_the_way_back_in(app):
    people.omid()
    old = sign_in(PASSWORD)
    recovery.recover(link(), NEW, VISITOR)
    assert sessions.find(old) is None
    with pytest.raises(SignInRefused):
        sign_in(PASSWORD)
    assert sessions.find(sign_in(NEW)) is not None
    assert people.mails("password_changed")[0].recipient == "omid@example.com"


def test_a_stranger_and_somebody_disabled_get_no_mail_but_the_same_rows(app):
    disabled = people.omid()
    people.nika()
    administration.disable([disabled.id], audit.CONSOLE)
    for email in ("nobody@example.com", "omid@example.com"):
        before = db.session.scalar(db.select(db.func.count(OutboxMessage.id)))
        mail = ask(email)
        assert mail.state == OutboxState.CANCELLED
        assert db.session.scalar(db.select(db.func.count(OutboxMessage.id))) == before + 1


def test_somebody_who_has_only_registered_gets_no_link(app):
    people.register("sara@example.com")
    assert ask("sara@example.com").state == OutboxState.CANCELLED


def test_the_mail_goes_to_the_stored_address_in_the_persons_language(app):
    people.omid("Omid@example.com")
    mail = ask("OMID@example.com", locale="en")
    assert (mail.recipient, mail.locale) == ("Omid@example.com", "fa")


def test_asking_again_takes_back_the_mail_that_has_not_left(app):
    people.omid()
    ask()
    ask()
    assert [mail.state for mail in people.mails("recovery")] == [
        OutboxState.CANCELLED,
        OutboxState.QUEUED,
    ]


def test_only_the_digest_of_a_link_is_stored(app):
    people.omid()
    token = link()
    row = db.session.scalars(db.select(RecoveryToken)).one()
    assert row.digest == tokens.digest(token)
    assert token not in str(vars(row))
    assert len(token) >= 43


def test_a_link_works_once(app):
    people.omid()
    token = link()
    recovery.recover(token, NEW, VISITOR)
    assert worth(token) is Link.UNKNOWN
    with pytest.raises(NotRecovered):
        recovery.recover(token, OTHER_PASSWORD, VISITOR)


def test_looking_changes_nothing(app):
    people.omid()
    token = link()
    assert {worth(token) for _time in range(3)} == {Link.USABLE}


def test_a_new_password_kills_all_links(app):
    people.omid()
    first, second = link(), link()
    assert worth(first) is Link.USABLE
    recovery.recover(second, NEW, VISITOR)
    assert worth(first) is Link.UNKNOWN


def test_three_links_live_and_no_more(app):
    people.omid()
    assert [worth(token) for token in [link() for _time in range(4)]].count(Link.USABLE) == 3


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "\udcff", "a" * 10_000, "\x00"])
def test_an_altered_link_opens_nothing(app, token):
    people.omid()
    link()
    with pytest.raises(NotRecovered) as refusal:
        recovery.recover(token, NEW, VISITOR)
    assert refusal.value.link is Link.UNKNOWN


def test_a_link_lives_an_hour_from_when_a_server_took_the_mail(app, time_machine):
    people.omid()
    mail = ask()
    token = link_of(mail)
    time_machine.pass_(minutes=50)
    request = kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)
    accepted = kinds.accepted("recovery")
    assert accepted is not None
    accepted(request, time_machine.now())
    db.session.commit()
    time_machine.pass_(minutes=59)
    assert worth(token) is Link.USABLE
    time_machine.pass_(minutes=2)
    assert worth(token) is Link.EXPIRED
    with pytest.raises(NotRecovered):
        recovery.recover(token, NEW, VISITOR)
    time_machine.pass_(days=8)
    assert housekeeping.forget_old_links() == 1
    assert worth(token) is Link.UNKNOWN


def test_a_link_dies_with_the_account_and_with_the_address(app):
    omid = people.omid()
    token = link()
    omid.email, omid.email_key = "other@example.com", "other@example.com"
    db.session.commit()
    assert worth(token) is Link.UNKNOWN
    people.nika()
    token = link("other@example.com")
    administration.disable([omid.id], audit.CONSOLE)
    assert worth(token) is Link.UNKNOWN


@pytest.mark.parametrize("password", ["short", "password2024!", "omid example 1", "x" * 2000])
def test_a_weak_password_is_refused_and_the_link_lives_on(app, password):
    people.omid()
    token = link()
    with pytest.raises(WeakPassword):
        recovery.recover(token, password, VISITOR)
    assert worth(token) is Link.USABLE


def test_thirty_presses_at_once_change_the_password_once(app):
    people.omid()
    token = link()
    db.session.remove()
    choices = [f"{NEW} {number}" for number in range(30)]
    with ThreadPoolExecutor(30) as pool:
        done = list(pool.map(lambda choice: press(app, token, choice), choices))
    assert sum(done) == 1
    assert len(people.mails("password_changed")) == 1
    assert sessions.find(sign_in(choices[done.index(1)])) is not None


def test_an_address_is_asked_for_five_times_an_hour_known_or_not(app, configure):
    configure(rate_limits=True)
    people.omid()
    for email in ("omid@example.com", "nobody@example.com"):
        for _time in range(5):
            ask(email)
        with pytest.raises(TooOften):
            ask(email)


def test_an_administrator_starts_it_and_sees_no_link(app):
    nika, omid = people.nika(), people.omid()
    done = recovery.start([omid.id, 4242], audit.Actor(nika.id, nika.email))
    assert done.numbers == [omid.id]
    assert done.left_out == {4242: Why.GONE}
    assert "/recover/" in written(people.mails("recovery")[-1]).text
    administration.disable([omid.id], audit.CONSOLE)
    assert recovery.start([omid.id], audit.CONSOLE).left_out == {omid.id: Why.DISABLED}


def test_a_mail_that_lost_its_point_is_not_written(app):
    omid = people.omid()
    mail = ask()
    db.session.execute(db.update(User).where(User.id == omid.id).values(state="disabled"))
    db.session.commit()
    assert written(mail) is None


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_the_mails_are_in_the_persons_language(app, locale):
    omid = people.omid()
    omid.locale = locale
    db.session.commit()
    recovery.recover(link(), NEW, VISITOR)
    for mail in (people.mails("recovery")[-1], people.mails("password_changed")[-1]):
        found = written(mail)
        assert f'dir="{"rtl" if locale == "fa" else "ltr"}"' in found.html
        in_one_line = " ".join(found.text.split())
        assert ("رمز عبور" in in_one_line) == (locale == "fa")


def test_the_audit_knows_and_tells_no_secret(app):
    people.omid()
    token = link()
    recovery.recover(token, NEW, VISITOR)
    entries = db.session.scalars(db.select(AuditEntry)).all()
    assert {"user.recovery_requested", "user.password_recovered"} <= {one.event for one in entries}
    assert token not in str([one.details for one in entries])
    assert NEW not in str([one.details for one in entries])
