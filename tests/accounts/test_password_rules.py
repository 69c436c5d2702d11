"""The password policy as an installation has it: its length, its words, both keyboards."""

import threading
import time

import pytest
from nacl.pwhash import argon2id
from zxcvbn.frequency_lists import FREQUENCY_LISTS
from zxcvbn.matching import RANKED_DICTIONARIES, build_ranked_dict, omnimatch
from zxcvbn.scoring import most_guessable_match_sequence

from app.accounts import (
    authentication,
    confirmation,
    profile,
    recovery,
    sessions,
    tokens,
    users,
)
from app.accounts.authentication import Credentials, LongerPasswordWanted, SignInRefused
from app.accounts.entrance import Visit
from app.accounts.models import RecoveryToken, UserSession
from app.accounts.passwords import passwords, policy, rules, seating
from app.accounts.passwords.policy import Problem, problem
from app.accounts.second_factor import second_factor
from app.accounts.second_factor.second_step import CodeWanted
from app.accounts.session_models import RememberedBrowser
from app.accounts.users import WeakPassword
from app.core import addresses, audit, site
from app.core.audit import AuditEntry
from app.extensions import db
from tests import people
from tests.accounts.test_recovery import link
from tests.factors import enrol, place
from tests.people import VISITOR

TWELVE = "x7Kq9vLm2pRt"
FIFTEEN = "x7Kq9vLm2pRt-bz"
NIKA = addresses.parse("nika@example.com")


def said_of(deed):
    with pytest.raises(WeakPassword) as refusal:
        deed()
    return refusal.value.problem, refusal.value.at_least


def test_r36_an_administrator_with_a_password_alone_needs_fifteen_characters(app):
    create = lambda password: users.create_admin(NIKA, "نیکا", password, audit.CONSOLE)  # noqa: E731
    assert said_of(lambda: create(TWELVE)) == (Problem.TOO_SHORT, 15)
    create(FIFTEEN)
    assert said_of(lambda: users.set_password(NIKA, TWELVE, audit.CONSOLE)) == (
        Problem.TOO_SHORT,
        15,
    )


def test_r36_with_a_second_step_twelve_are_enough(app):
    enrol(people.nika())
    assert users.set_password(NIKA, TWELVE, audit.CONSOLE).email == "nika@example.com"


def test_r36_the_link_to_a_new_password_asks_for_as_many(app):
    people.nika()
    token = link("nika@example.com")
    assert recovery.look_at(token).at_least == 15
    assert said_of(lambda: recovery.recover(token, TWELVE, VISITOR)) == (Problem.TOO_SHORT, 15)


def promoted(password=TWELVE):
    """Somebody who registered with a password for users and manages the system by now."""
    user = people.omid(password=password)
    users.promote(addresses.parse(user.email), audit.CONSOLE)
    return user


def enter(password=TWELVE):
    credentials = Credentials("omid@example.com", password, Visit("Firefox", remember=True))
    return authentication.sign_in(credentials, VISITOR)


def opened():
    count = db.select(db.func.count())
    tables = (UserSession, RememberedBrowser)
    return [db.session.scalar(count.select_from(table)) for table in tables]


def test_r36_who_became_administrator_chooses_a_longer_password_before_getting_in(app):
    promoted()
    with pytest.raises(LongerPasswordWanted) as wanted:
        enter()
    assert opened() == [0, 0]
    link = wanted.value.link
    assert recovery.look_at(link).at_least == 15
    assert said_of(lambda: recovery.recover(link, TWELVE, VISITOR)) == (Problem.TOO_SHORT, 15)
    recovery.recover(link, FIFTEEN, VISITOR)
    assert enter(FIFTEEN).session
    assert opened() == [1, 1]
    with pytest.raises(SignInRefused):
        enter()


def test_r36_the_demand_is_in_the_audit_and_its_link_is_not(app):
    user = promoted()
    with pytest.raises(LongerPasswordWanted) as wanted:
        enter()
    entry = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    found = (entry.event, entry.target, entry.details)
    assert found == ("session.longer_password_wanted", f"user:{user.id}", {})
    assert db.session.scalar(db.select(RecoveryToken.digest)) == tokens.digest(wanted.value.link)


def test_r36_who_is_no_administrator_or_has_an_app_is_not_held_up(app):
    user = people.omid(password=TWELVE)
    assert enter().session
    enrol(user, TWELVE)
    users.promote(addresses.parse(user.email), audit.CONSOLE)
    with pytest.raises(CodeWanted):
        enter()


def test_r36_an_app_that_is_taken_away_leaves_no_short_password_behind(app):
    user = people.omid(password=TWELVE)
    enrol(user, TWELVE)
    users.promote(addresses.parse(user.email), audit.CONSOLE)
    second_factor.reset(addresses.parse(user.email), audit.CONSOLE)
    with pytest.raises(LongerPasswordWanted):
        enter()


def test_r36_a_session_of_before_does_nothing_dangerous_with_a_short_password(app):
    user = promoted()
    here = place(user)
    deed = lambda: confirmation.confirm(here.user_id, here.session_id, TWELVE, VISITOR)  # noqa: E731
    assert said_of(deed) == (Problem.TOO_SHORT, 15)
    secret = profile.change_password(here, TWELVE, FIFTEEN, VISITOR)
    assert sessions.find(secret).is_confirmed
    assert confirmation.confirm(here.user_id, here.session_id, FIFTEEN, VISITOR)


def test_r36_the_operator_sets_the_least_length(app, configure):
    configure(password_min_length=20)
    assert rules.least() == rules.least(opens_panel_alone=True) == 20
    configure(password_min_length=8)
    assert rules.problem("x7Kq9vLm2p", "", "", rules.least()) is None


def test_r37_the_names_of_the_house_are_no_secret(app, monkeypatch):
    named = site.Site(names={"fa": "آوای کوهستان", "en": "Avaye Kuhestan"})
    monkeypatch.setattr(site, "current", lambda: named)
    for password in ("kuhestan-avaye1", "آوای کوهستان ۱۲"):
        assert rules.problem(password, "", "", 12) is Problem.PERSONAL


@pytest.mark.parametrize(
    "password",
    [
        "sara09121234567",
        "+98 912 345 6789",
        "۰۹۱۲۳۴۵۶۷۸۹علی",
        "0098912345678900",
        "tel:09121234567",
    ],
)
def test_r38_the_number_of_a_mobile_is_no_password(password):
    assert problem(password) is Problem.COMMON


@pytest.mark.parametrize("year", ["۱۳۰۰", "1357", "۱۴۰۳", "1410", "1999"])
def test_r38_a_year_adds_nothing_to_a_common_word(year):
    assert problem(f"esteghlal{year}{year}") is Problem.COMMON
    assert problem(f"پرسپولیس {year} ایران") is Problem.COMMON


@pytest.mark.parametrize(
    "password",
    ["hdvhk hdvhk ۱۲", "sghlsghlsghl", "حشسسصخقیحشسسصخقی", "همخرثغخع۱۲۳۴۵"],
)
def test_r38_the_layout_of_the_keyboard_makes_no_word_a_secret(password):
    assert problem(password) is Problem.COMMON


def test_r38_the_persons_own_name_is_known_on_both_layouts():
    on_latin_keys = "shvh hplnd shvh hplnd"
    assert problem(on_latin_keys, name="سارا احمدی") is Problem.PERSONAL


def test_r37_words_in_one_list_are_guessed_as_soon_as_in_a_list_for_each_kind():
    policy._score("anything at all", ())
    apart = {kind: build_ranked_dict(words) for kind, words in FREQUENCY_LISTS.items()}
    for password in ("password1", "michael gandalf", "P@ssw0rd", "drowssap the jackson", "tabriz"):
        guesses = [
            most_guessable_match_sequence(password, omnimatch(password, lists))["guesses"]
            for lists in (apart, RANKED_DICTIONARIES)
        ]
        assert guesses[0] == guesses[1]
    assert set(RANKED_DICTIONARIES) <= {"words", "user_inputs"}


def test_r41_never_more_hashes_at_once_than_there_are_seats(monkeypatch):
    at_once, most, lock = 0, 0, threading.Lock()

    def work(_password, _passes, _memory):
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.01)
        with lock:
            at_once -= 1
        return b"hash"

    monkeypatch.setattr(argon2id, "str", work)
    monkeypatch.setattr(seating, "longest_line", lambda: 30)

    def one_more():
        passwords.hashed("x")

    crowd = [threading.Thread(target=one_more) for _one in range(30)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert most == seating.SEATS
