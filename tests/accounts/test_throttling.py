"""Nobody guesses for long, and nobody who guesses locks an honest person out."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest

from app.accounts import (
    activation,
    address_change,
    authentication,
    disowning,
    invitations,
    known_browsers,
    limits,
    recovery,
    registration,
    strangers,
    typed_code,
    users,
)
from app.accounts.authentication import Credentials, SignInRefused
from app.accounts.browsers import Browser
from app.accounts.entrance import Visit
from app.accounts.passwords import passwords
from app.accounts.session_models import StrangerTries
from app.core import addresses, audit
from app.core.audit import Actor
from app.core.errors import Refused, TooOften
from app.core.rate_limit import Limit
from app.extensions import db
from tests import people
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR, come_in

ATTACKERS = 40


@pytest.fixture
def omid(app, configure):
    configure(rate_limits=True)
    return people.omid().id


@pytest.fixture
def no_hashing(monkeypatch):
    """Passwords are compared letter by letter: what is counted does not depend on the price."""
    monkeypatch.setattr(passwords, "matches", lambda typed, _stored: typed == PASSWORD)
    monkeypatch.setattr(passwords, "needs_rehash", lambda _stored: False)


def somewhere(number):
    return Actor(None, "visitor", f"198.{18 + number // 250}.{number % 250}.9")


def attempt(password=PASSWORD, *, actor=VISITOR, browser="", email="omid@example.com"):
    credentials = Credentials(email, password, Visit("Firefox", browser))
    return authentication.sign_in(credentials, actor)


def fail(times, places, **more):
    """Fail from so many networks; return how often it was said that one has to wait."""
    waits = 0
    for _time in range(times):
        try:
            attempt("wrong", actor=somewhere(next(places)), **more)
        except SignInRefused:
            continue
        except TooOften:
            waits += 1
    return waits


def known(user_id, browser=""):
    return come_in(user_id, Visit("Firefox", browser), VISITOR).browser


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(1, 0), (9, 0), (10, 1), (11, 0), (15, 2), (20, 4), (25, 8), (30, 15), (95, 15), (100, 1440)],
)
def test_r45_strangers_wait_longer_the_more_of_them_fail(failures, minutes):
    assert strangers.wait_after(failures) == timedelta(minutes=minutes)


def test_r45_tries_from_all_over_the_world_are_slowed_down(omid, no_hashing):
    places = count()
    assert fail(10, places) == 0
    with pytest.raises(TooOften) as limit:
        attempt(actor=somewhere(next(places)))
    assert 50 < limit.value.seconds <= 60


def test_r45_one_more_try_does_not_lengthen_a_wait(omid, no_hashing, time_machine):
    places = count()
    fail(10, places)
    time_machine.pass_(seconds=30)
    assert fail(3, places) == 3
    time_machine.pass_(seconds=31)
    assert fail(4, places) == 0


def test_r45_strangers_lock_out_no_browser_that_was_here_before(omid, no_hashing):
    browser, places = known(omid), count()
    assert fail(20, places) == 10
    assert attempt(browser=browser).session


def test_r45_a_known_browser_has_a_counter_of_its_own(omid, no_hashing):
    browser = known(omid)
    for _time in range(10):
        with pytest.raises(SignInRefused):
            attempt("wrong", browser=browser)
    with pytest.raises(TooOften):
        attempt(browser=browser)
    assert attempt().session


def test_r45_a_known_browser_does_not_guess_all_day_long(
    omid, no_hashing, monkeypatch, time_machine
):
    monkeypatch.setattr(
        limits, "SIGN_IN_FROM_KNOWN_A_DAY", Limit("sign_in.known.day", 12, timedelta(days=1))
    )
    browser = known(omid)
    assert fail(10, count(), browser=browser) == 0
    time_machine.pass_(minutes=5)
    assert fail(3, count(), browser=browser) == 1
    assert attempt().session


def asks_for_a_new_password(place, number):
    recovery.ask(addresses.parse(f"n{number}@example.com"), "fa", place)


def asks_for_the_mail_again(place, number):
    asked = people.register(f"n{number}@example.com")
    registration.correct_address(asked.handle, addresses.parse(f"m{number}@example.com"), place)


@pytest.mark.parametrize(
    ("ask", "of_all"),
    [
        (asks_for_a_new_password, "RECOVER_BY_ALL"),
        (asks_for_the_mail_again, "RESEND_BY_ALL"),
    ],
)
def test_r45_whoever_asks_without_end_uses_up_nobody_elses(
    app, configure, monkeypatch, ask, of_all
):
    configure(rate_limits=True)
    monkeypatch.setattr(limits, of_all, Limit("of.all", 2, timedelta(hours=1)))
    rented = [Actor(None, "visitor", f"2001:db8:1:{number}::1") for number in range(6)]
    for number, place in enumerate(rented[:5]):
        ask(place, number)
    with pytest.raises(TooOften):
        ask(rented[5], 5)
    ask(Actor(None, "visitor", "2001:db8:2::1"), 6)


def name(number):
    return addresses.parse(f"name{number}@example.com")


def another_address(place, number):
    registration.correct_address(people.register("sara@example.com").handle, name(number), place)


def a_code(place, _number):
    typed_code.activate("12345678", Browser(people.register("sara@example.com").handle), place)


@pytest.mark.parametrize(
    ("limit", "ask"),
    [
        ("SIGN_IN_PER_IP", lambda place, n: attempt("wrong", actor=place, email=f"n{n}@a.com")),
        ("REGISTER_PER_IP", lambda place, n: registration.register(
            people.registrant(f"n{n}@a.com"), place)),
        ("RESEND_PER_IP", another_address),
        ("CODE_PER_IP", a_code),
        ("RECOVER_PER_IP", lambda place, n: recovery.ask(name(n), "fa", place)),
        ("ACTIVATE_PER_IP", lambda place, _n: activation.activate("made up", place)),
        ("ACTIVATE_PER_IP", lambda place, _n: disowning.disown("made up", place)),
        ("FOLLOW_PER_IP", lambda place, _n: invitations.accept("made up", PASSWORD, place)),
        ("FOLLOW_PER_IP", lambda place, _n: recovery.recover("made up", PASSWORD, place)),
        ("FOLLOW_PER_IP", lambda place, _n: address_change.confirm("made up", place)),
        ("FOLLOW_PER_IP", lambda place, _n: address_change.undo("made up", place)),
    ],
)  # fmt: skip
def test_r45_a_household_asks_only_so_often_for_anything(app, configure, monkeypatch, limit, ask):
    configure(rate_limits=True)
    monkeypatch.setattr(limits, limit, Limit("few", 2, timedelta(hours=1)))
    for number in range(2):
        with suppress(Refused):
            ask(Actor(None, "visitor", f"2001:db8:1:2::{number}"), number)
    with pytest.raises(TooOften):
        ask(Actor(None, "visitor", "2001:db8:1:2:3::4"), 3)
    with suppress(Refused):
        ask(Actor(None, "visitor", "2001:db8:1:3::1"), 4)


@pytest.mark.parametrize(
    ("limit", "ask"),
    [
        ("REGISTER_PER_ADDRESS", lambda place, n: registration.register(
            people.registrant(f"sa.ra+{n}@example.com"), place)),
        ("RESEND_PER_ADDRESS", lambda place, n: registration.correct_address(
            people.register(f"n{n}@example.com").handle,
            addresses.parse(f"sara+{n}@example.com"), place)),
        ("RECOVER_PER_ADDRESS", lambda place, n: recovery.ask(
            addresses.parse(f"sara+{n}@example.com"), "fa", place)),
        ("CHANGE_ADDRESS_PER_ADDRESS", lambda place, n: address_change.ask(
            people.omid(f"omid{n}@example.com").id,
            addresses.parse(f"sara+{n}@example.com"), place)),
    ],
)  # fmt: skip
def test_r14_a_mailbox_gets_only_so_many_mails(app, configure, monkeypatch, limit, ask):
    configure(rate_limits=True)
    monkeypatch.setattr(limits, limit, Limit("few", 2, timedelta(hours=1)))
    for number in range(2):
        ask(somewhere(number), number)
    with pytest.raises(TooOften):
        ask(somewhere(2), 2)


def test_r45_a_browser_known_to_somebody_else_is_a_strange_one(omid, no_hashing):
    nika = people.nika()
    browser = known(nika.id)
    for _time in range(5):
        with pytest.raises(SignInRefused):
            attempt("wrong", browser=browser)
    with pytest.raises(TooOften):
        attempt(browser=browser)


def test_r45_after_a_hundred_failures_strangers_wait_a_day(omid, no_hashing, time_machine):
    places = count()
    fail(1, places)
    db.session.scalars(db.select(StrangerTries)).one().failures = strangers.MOST - 1
    db.session.commit()
    assert fail(2, places) == 1
    time_machine.pass_(hours=23)
    assert fail(1, places) == 1
    time_machine.pass_(hours=2)
    assert fail(9, places) == 0


def test_r45_a_new_password_opens_the_door_again(omid, no_hashing):
    places = count()
    fail(11, places)
    users.set_password(addresses.parse("omid@example.com"), OTHER_PASSWORD, audit.CONSOLE)
    assert fail(1, places) == 0


def test_r45_the_owner_who_comes_in_from_a_new_place_ends_the_wait(omid, no_hashing):
    places = count()
    fail(9, places)
    attempt(actor=somewhere(next(places)))
    assert fail(9, places) == 0


def test_r45_who_comes_in_under_another_spelling_forgives_nothing(omid, no_hashing):
    people.omid("o.mid@example.com")
    places = count()
    fail(9, places)
    attempt(actor=somewhere(next(places)), email="o.mid@example.com")
    assert fail(2, places) == 1


def test_r46_unknown_names_wait_like_known_ones(omid, no_hashing):
    waits = [fail(14, count(), email=email) for email in ("omid@example.com", "no@example.com")]
    assert waits == [4, 4]


def test_r46_tries_are_counted_before_any_hashing(omid, no_hashing, monkeypatch):
    places = count()
    fail(10, places)
    monkeypatch.setattr(passwords, "matches", None)
    assert fail(3, places) == 3


def test_r46_a_success_does_not_give_an_address_more_tries(omid, no_hashing, time_machine):
    place = somewhere(1)
    for number in range(29):
        with pytest.raises(SignInRefused):
            attempt("wrong", actor=place, email=f"{number}@example.com")
    assert attempt(actor=place).session
    with pytest.raises(TooOften):
        attempt(actor=place)


def test_r46_many_at_once_are_counted_one_by_one(app, omid, monkeypatch):
    """On both databases: of forty tries at the same moment exactly ten get through."""
    places = [somewhere(number) for number in range(ATTACKERS)]
    db.session.remove()

    def take(_place):
        with app.app_context():
            try:
                return strangers.take("omid@example.com") is None
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, places)) == strangers.FREE


def test_a_browser_not_seen_for_a_year_is_a_strange_one(omid, time_machine):
    browser = known(omid)
    assert known_browsers.knows(browser, "omid@example.com")
    time_machine.pass_(days=366)
    assert not known_browsers.knows(browser, "omid@example.com")
    assert known_browsers.forget_old() == 1


def test_what_strangers_tried_is_forgotten_after_two_days(omid, no_hashing, time_machine):
    fail(3, count())
    time_machine.pass_(days=1)
    assert strangers.forget_old() == 0
    time_machine.pass_(days=2)
    assert strangers.forget_old() == 1
