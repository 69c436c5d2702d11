"""Invitations: a person without a password until they choose one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.accounts import activation, authentication, invitations, sessions
from app.accounts.activation import Link, NotActivated
from app.accounts.authentication import Credentials, SignInRefused
from app.accounts.invitations import AlreadyInvited, Invitee
from app.accounts.people import pending
from app.accounts.people.done import Why
from app.accounts.users import AlreadyThere, WeakPassword
from app.core import addresses, audit
from app.core.errors import Busy
from app.extensions import db
from app.mail import kinds
from tests import people
from tests.mailing import request_of, token_of, written
from tests.people import PASSWORD, VISITOR


def invite(email="rostam@example.com", locale="fa"):
    nika = people.everybody()[0] if people.everybody() else people.nika()
    invitee = Invitee("رستم", addresses.parse(email), locale)
    return invitations.invite(invitee, audit.Actor(nika.id, nika.email))


def link():
    return token_of("invitation", "invitations")


def worth(token):
    return invitations.look_at(token).link


def press(app, token):
    with app.app_context():
        try:
            invitations.accept(token, PASSWORD, VISITOR)
        except (NotActivated, Busy):
            return 0
        finally:
            db.session.remove()
        return 1


def test_the_invited_choose_a_password_and_are_in(app):
    invite()
    token = link()
    look = invitations.look_at(token)
    assert (look.link, look.name, look.email) == (Link.USABLE, "رستم", "rostam@example.com")
    invitations.accept(token, PASSWORD, VISITOR)
    user = people.everybody()[-1]
    assert (user.name, user.role, user.locale) == ("رستم", "user", "fa")
    assert people.attempts() == []
    entered = authentication.sign_in(Credentials("rostam@example.com", PASSWORD), VISITOR)
    assert sessions.find(entered.session) is not None


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_before_that_nobody_gets_in(app, password):
    invite()
    with pytest.raises(SignInRefused):
        authentication.sign_in(Credentials("rostam@example.com", password), VISITOR)


def test_the_link_of_an_invitation_opens_no_other_door(app):
    invite()
    token = link()
    assert activation.look_at(token).link is Link.UNKNOWN
    with pytest.raises(NotActivated):
        activation.activate(token, VISITOR)
    registered = people.issue(people.register())
    assert worth(registered) is Link.UNKNOWN
    with pytest.raises(NotActivated):
        invitations.accept(registered, PASSWORD, VISITOR)


def test_the_link_lives_seven_days_from_when_a_server_took_the_mail(app, time_machine):
    number = invite()
    token = link()
    time_machine.pass_(days=6)
    accepted = kinds.accepted("invitation")
    assert accepted is not None
    accepted(request_of(people.mails("invitation")[-1]), time_machine.now())
    db.session.commit()
    time_machine.pass_(days=6, hours=23)
    assert worth(token) is Link.USABLE
    time_machine.pass_(hours=2)
    assert worth(token) is Link.EXPIRED
    (attempt,) = people.attempts()
    assert attempt.id == number
    assert attempt.keep_until > time_machine.now() + timedelta(days=6)
    invitations.renew(token, VISITOR)
    assert worth(link()) is Link.USABLE


def test_a_known_address_is_not_invited(app):
    people.omid()
    with pytest.raises(AlreadyThere):
        invite("omid@example.com")
    invite()
    with pytest.raises(AlreadyInvited):
        invite("Rostam@example.com")


def test_whoever_registers_meanwhile_ends_the_invitation(app):
    invite()
    token = link()
    people.omid("rostam@example.com")
    assert worth(token) is Link.UNKNOWN
    assert people.attempts() == []


def test_a_weak_password_is_refused_and_the_link_lives_on(app):
    invite()
    token = link()
    with pytest.raises(WeakPassword):
        invitations.accept(token, "password2024!", VISITOR)
    assert worth(token) is Link.USABLE


def test_thirty_presses_at_once_make_one_user(app):
    invite()
    token = link()
    before = len(people.everybody())
    db.session.remove()
    with ThreadPoolExecutor(30) as pool:
        assert sum(pool.map(lambda _press: press(app, token), range(30))) == 1
    db.session.remove()
    assert len(people.everybody()) == before + 1


def test_it_is_sent_again_and_taken_back(app):
    number = invite()
    first = link()
    pending.resend([number], audit.CONSOLE)
    assert [worth(first), worth(link())] == [Link.USABLE, Link.USABLE]
    pending.remove([number], audit.CONSOLE)
    assert worth(first) is Link.UNKNOWN
    assert pending.remove([number], audit.CONSOLE).left_out == {number: Why.GONE}


def test_nobody_is_let_in_by_hand_without_a_password(app):
    number = invite()
    assert activation.open_by_hand([number], audit.CONSOLE).left_out == {number: Why.NO_PASSWORD}


def test_within_a_minute_no_second_mail_is_asked_for(app, configure):
    configure(rate_limits=True)
    number = invite()
    assert pending.resend([number], audit.CONSOLE).left_out == {number: Why.TOO_SOON}


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_the_mail_is_in_the_chosen_language(app, locale):
    invite(locale=locale)
    found = written(people.mails("invitation")[-1])
    assert f'dir="{"rtl" if locale == "fa" else "ltr"}"' in found.html


def test_opened_by_hand_even_when_the_link_has_expired_and_told_by_mail(app, time_machine):
    asked = people.register()
    token = people.issue(asked)
    time_machine.pass_(days=2)
    assert activation.look_at(token).link is Link.EXPIRED
    done = activation.open_by_hand([asked.pending_id], audit.CONSOLE)
    assert done.numbers == [asked.pending_id]
    mail = people.mails("opened_by_hand")[0]
    assert "/login" in written(mail).text
    entered = authentication.sign_in(Credentials("sara@example.com", PASSWORD), VISITOR)
    assert sessions.find(entered.session) is not None


def test_two_attempts_for_one_address_opened_together_make_one_user(app):
    numbers = [people.register().pending_id for _time in range(2)]
    done = activation.open_by_hand(numbers, audit.CONSOLE)
    assert done.numbers == numbers[:1]
    assert done.left_out == {numbers[1]: Why.GONE}
    assert len(people.everybody()) == 1
