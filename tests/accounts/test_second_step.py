"""Signing in in two steps: what the first half opens (nothing), and what the second one takes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.accounts import authentication, limits, recovery, remembered, sessions, users
from app.accounts.authentication import Credentials
from app.accounts.entrance import Visit
from app.accounts.models import UserSession
from app.accounts.people import administration
from app.accounts.second_factor import codes, second_step
from app.accounts.second_factor.codes import CodeRefused
from app.accounts.second_factor.second_step import CodeWanted, TicketGone
from app.accounts.second_factor_models import HalfSignIn, SecondFactor
from app.core import addresses, audit, rate_limit
from app.core.audit import Actor, AuditEntry
from app.core.errors import TooOften
from app.extensions import db
from tests import people
from tests.accounts.test_recovery import link
from tests.factors import enrol
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR

NIKA = "nika@example.com"
ELSEWHERE = Actor(None, "visitor", "198.51.100.9")


@pytest.fixture
def phone(app, time_machine):
    """Nika's app, half a minute after it was set up."""
    enrolled = enrol(people.nika())
    time_machine.pass_(seconds=30)
    return enrolled


def first_half(password=PASSWORD, *, remember=False):
    visit = Visit("Firefox", remember=remember)
    with pytest.raises(CodeWanted) as half:
        authentication.sign_in(Credentials(NIKA, password, visit), VISITOR)
    return half.value.ticket


def finish(ticket, code, actor=VISITOR):
    return second_step.finish(ticket, code, Visit("Firefox"), actor)


def count_of(table):
    return db.session.scalar(db.select(db.func.count()).select_from(table))


def test_r54_the_password_alone_opens_no_session(phone):
    before = count_of(UserSession)
    ticket = first_half()
    assert count_of(UserSession) == before
    assert sessions.find(ticket) is None


def test_r54_the_code_of_the_app_opens_it(phone):
    entered = finish(first_half(), phone.code())
    assert sessions.find(entered.session).email == NIKA
    assert not entered.remembered
    last = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.event, last.details) == ("session.opened", {"second_step": "app"})


def test_remember_me_lasts_through_both_halves(phone):
    entered = finish(first_half(remember=True), phone.code())
    assert remembered.come_back(entered.remembered, VISITOR, "Firefox")


def test_r54_a_code_opens_once(phone):
    code = phone.code()
    finish(first_half(), code)
    with pytest.raises(CodeRefused):
        finish(first_half(), code)


def test_r54_the_code_that_set_the_app_up_opens_nothing(phone):
    with pytest.raises(CodeRefused):
        finish(first_half(), phone.code(-1))


def test_r54_an_older_code_is_refused_once_a_newer_one_was_used(phone):
    finish(first_half(), phone.code(1))
    with pytest.raises(CodeRefused):
        finish(first_half(), phone.code())


def test_r55_a_recovery_code_opens_it_and_is_told_by_mail(phone):
    entered = finish(first_half(), phone.paper[0].upper())
    assert sessions.find(entered.session)
    assert people.mails("recovery_code_used")[0].recipient == NIKA
    with pytest.raises(CodeRefused):
        finish(first_half(), phone.paper[0])


def test_a_wrong_code_is_written_down_and_another_one_still_opens(phone):
    ticket = first_half()
    with pytest.raises(CodeRefused):
        finish(ticket, "000000")
    assert "session.code_refused" in set(db.session.scalars(db.select(AuditEntry.event)))
    assert finish(ticket, phone.code()).session


def test_a_ticket_is_used_once(phone):
    ticket = first_half()
    finish(ticket, phone.code())
    with pytest.raises(TicketGone):
        finish(ticket, phone.code(1))


def test_a_ticket_lives_ten_minutes(phone, time_machine):
    ticket = first_half()
    time_machine.pass_(minutes=11)
    assert not second_step.is_open(ticket)
    with pytest.raises(TicketGone):
        finish(ticket, phone.code())
    assert second_step.forget_old() == 1


@pytest.mark.parametrize(
    "deed",
    [
        lambda: users.set_password(addresses.parse(NIKA), OTHER_PASSWORD, audit.CONSOLE),
        lambda: users.promote(addresses.parse(NIKA), audit.CONSOLE),
        lambda: administration.end_sessions([users.find(addresses.parse(NIKA)).id], audit.CONSOLE),
        lambda: administration.disable([users.find(addresses.parse(NIKA)).id], audit.CONSOLE),
    ],
    ids=["password", "role", "signed out", "disabled"],
)
def test_r50_what_ends_sessions_takes_the_ticket_back(phone, deed):
    people.nika("second@example.com")
    ticket = first_half()
    deed()
    with pytest.raises(TicketGone):
        finish(ticket, phone.code())


def test_only_the_digest_of_a_ticket_is_stored(phone):
    ticket = first_half()
    assert ticket not in str(vars(db.session.scalars(db.select(HalfSignIn)).one()))


def test_r43_a_new_password_does_not_go_around_the_code(phone):
    recovery.recover(link(NIKA), OTHER_PASSWORD, VISITOR)
    before = count_of(UserSession)
    ticket = first_half(OTHER_PASSWORD)
    assert count_of(UserSession) == before
    assert finish(ticket, phone.code()).session


def test_r54_five_wrong_codes_close_the_app_for_everybody_but_not_the_paper(phone, configure):
    configure(rate_limits=True)
    ticket = first_half()
    for _time in range(5):
        with pytest.raises(CodeRefused):
            finish(ticket, "000000")
    with pytest.raises(TooOften):
        finish(ticket, phone.code(), ELSEWHERE)
    assert finish(ticket, phone.paper[0], ELSEWHERE).session


def test_r54_whoever_guesses_has_twenty_tries_an_hour(app, configure, time_machine):
    configure(rate_limits=True)
    tried = 0
    for _minute in range(35):
        time_machine.pass_(minutes=1)
        try:
            codes.count(1, "000000", VISITOR.ip)
        except TooOften:
            break
        tried += 1
    # A bucket of twenty that fills again over the hour.
    assert 28 <= tried <= 30


def test_a_bucket_that_lacks_next_to_nothing_lacks_a_token(app, monkeypatch):
    monkeypatch.setattr(rate_limit, "take", lambda *_wanted: timedelta(0))
    with pytest.raises(TooOften):
        limits.spend((limits.FOLLOW_PER_IP, "192.0.2.7"))


def test_signing_in_well_again_and_again_shuts_nobody_out(phone, configure, time_machine):
    configure(rate_limits=True)
    for _time in range(6):
        finish(first_half(), phone.code())
        time_machine.pass_(seconds=31)


def test_r54_of_ten_presses_with_one_code_one_opens(app, phone):
    tickets = [first_half() for _time in range(10)]
    code = phone.code()

    def press(ticket):
        with app.app_context():
            try:
                return bool(finish(ticket, code))
            except CodeRefused:
                return False
            finally:
                db.session.remove()

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(press, tickets)) == 1


def test_without_the_key_of_the_vault_the_paper_still_opens(phone, configure):
    configure(secret_key="another key of the tests, long enough too")
    with pytest.raises(CodeRefused):
        finish(first_half(), phone.code())
    assert finish(first_half(), phone.paper[0]).session


def test_whoever_signs_in_in_one_step_notices_nothing(app):
    people.omid()
    entered = authentication.sign_in(Credentials("omid@example.com", PASSWORD), VISITOR)
    assert sessions.find(entered.session)
    assert count_of(HalfSignIn) == count_of(SecondFactor) == 0
