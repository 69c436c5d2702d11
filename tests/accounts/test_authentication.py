import pytest
from nacl.pwhash import argon2id

from app.accounts import authentication, housekeeping, limits, sessions, users
from app.accounts.authentication import Credentials, SignInRefused
from app.accounts.entrance import Visit
from app.accounts.models import User, UserSession, UserState
from app.accounts.passwords import passwords
from app.core import addresses, audit
from app.core.audit import Actor
from app.core.errors import TooOften
from app.extensions import db
from tests import people
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR


def sign_in(email="omid@example.com", password=PASSWORD, *, actor=VISITOR):
    return enter(email, password, actor=actor).session


def enter(email="omid@example.com", password=PASSWORD, *, actor=VISITOR, browser="", **visit):
    credentials = Credentials(email, password, Visit("Firefox", browser, **visit))
    return authentication.sign_in(credentials, actor)


def disable(user):
    user.state = UserState.DISABLED
    db.session.commit()


def test_the_right_password_opens_a_session(app):
    user = people.omid()
    found = sessions.find(sign_in())
    assert (found.id, found.email, found.is_admin) == (user.id, "omid@example.com", False)


def test_the_address_is_found_in_any_case(app):
    people.omid()
    assert sessions.find(sign_in("  OMID@Example.COM "))


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("omid@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("sara@example.com", "wrong"),
        ("disabled@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
    ],
)
def test_everybody_else_is_refused_in_one_way_and_for_one_price(app, monkeypatch, email, password):
    people.omid()
    disable(people.omid("disabled@example.com"))
    people.register("sara@example.com")
    checks, matches = [], passwords.matches

    def count(*given):
        checks.append(1)
        return matches(*given)

    monkeypatch.setattr(passwords, "matches", count)
    with pytest.raises(SignInRefused) as refusal:
        sign_in(email, password)
    assert str(refusal.value) == "address or password"
    assert checks == [1, 1]


def test_nobody_waits_in_the_database_while_a_password_is_hashed(app, monkeypatch):
    people.omid()
    held, matches = [], passwords.matches

    def look(*given):
        held.append(db.session().in_transaction())
        return matches(*given)

    monkeypatch.setattr(passwords, "matches", look)
    sign_in()
    assert held == [False]


def test_five_wrong_tries_close_the_door_before_any_hashing(app, configure, monkeypatch):
    configure(rate_limits=True)
    people.omid()
    for _time in range(5):
        with pytest.raises(SignInRefused):
            sign_in(password="wrong")
    monkeypatch.setattr(passwords, "matches", None)
    with pytest.raises(TooOften):
        sign_in()


def test_unknown_names_are_counted_too(app, configure):
    configure(rate_limits=True)
    for _time in range(5):
        with pytest.raises(SignInRefused):
            sign_in("nobody@example.com")
    with pytest.raises(TooOften):
        sign_in("nobody@example.com")


def test_another_network_is_not_locked_out(app, configure):
    configure(rate_limits=True)
    people.omid()
    for _time in range(5):
        with pytest.raises(SignInRefused):
            sign_in(password="wrong")
    assert sign_in(actor=Actor(None, "visitor", "198.51.100.9"))


def test_signing_in_well_again_and_again_locks_nobody_out(app, configure):
    configure(rate_limits=True)
    people.omid()
    assert len({sign_in() for _time in range(8)}) == 8


def test_success_does_not_clear_what_others_tried(app, configure):
    configure(rate_limits=True)
    people.omid()
    for _time in range(4):
        with pytest.raises(SignInRefused):
            sign_in(password="wrong")
    sign_in()
    with pytest.raises(SignInRefused):
        sign_in(password="wrong")
    with pytest.raises(TooOften):
        sign_in(password="wrong")


def test_a_weaker_hash_is_replaced_at_sign_in(app):
    user = people.omid()
    user.password_hash = argon2id.str(PASSWORD.encode(), 1, 2**23).decode()
    db.session.commit()
    sign_in()
    (stored,) = db.session.scalars(db.select(User.password_hash)).all()
    assert not passwords.needs_rehash(stored)
    assert sign_in()


def test_a_closed_session_is_worth_nothing(app):
    people.omid()
    secret = sign_in()
    sessions.close(secret)
    assert sessions.find(secret) is None


def test_only_the_digest_of_a_session_is_stored(app):
    people.omid()
    secret = sign_in()
    assert secret not in str(vars(db.session.scalars(db.select(UserSession)).one()))


@pytest.mark.parametrize(
    ("make", "rest"), [(people.nika, {"minutes": 31}), (people.omid, {"hours": 13})]
)
def test_r49_a_session_that_rests_too_long_ends(app, time_machine, make, rest):
    secret = sign_in(make().email)
    time_machine.pass_(**rest)
    assert sessions.find(secret) is None


@pytest.mark.parametrize(
    ("make", "step", "steps"),
    [(people.nika, {"minutes": 20}, 37), (people.omid, {"hours": 11}, 16)],
)
def test_r49_a_session_grows_no_older_than_it_may(app, time_machine, make, step, steps):
    secret = sign_in(make().email)
    alive = []
    for _step in range(steps):
        time_machine.pass_(**step)
        alive.append(sessions.find(secret) is not None)
    assert alive[0]
    assert not alive[-1]


def test_a_sign_of_life_is_written_once_a_minute(app, time_machine):
    people.omid()
    secret = sign_in()
    began = time_machine.now()
    time_machine.pass_(seconds=30)
    sessions.find(secret)
    assert db.session.scalars(db.select(UserSession.seen_at)).one() == began
    time_machine.pass_(seconds=31)
    sessions.find(secret)
    assert db.session.scalars(db.select(UserSession.seen_at)).one() == time_machine.now()


def test_a_disabled_person_is_out_at_the_next_request(app):
    user = people.omid()
    secret = sign_in()
    disable(user)
    assert sessions.find(secret) is None


def test_a_new_password_ends_every_session(app):
    people.omid()
    secrets = [sign_in(), sign_in()]
    users.set_password(addresses.parse("omid@example.com"), OTHER_PASSWORD, audit.CONSOLE)
    assert [sessions.find(secret) for secret in secrets] == [None, None]
    assert sign_in(password=OTHER_PASSWORD)


def test_a_new_role_asks_for_a_new_sign_in(app):
    people.omid()
    secret = sign_in()
    users.promote(addresses.parse("omid@example.com"), audit.CONSOLE)
    assert sessions.find(secret) is None
    assert sessions.find(sign_in()).is_admin


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_one_household_is_one_network(address, network):
    assert limits.network(address) == network


@pytest.mark.parametrize(
    "text", ["s.a.r.a@example.com", "Sara+1@example.com", "SARA@EXAMPLE.COM", "sara@example.com"]
)
def test_one_mailbox_is_counted_once(text):
    assert limits.address_key(text) == "sara@example.com"


@pytest.mark.parametrize("text", ["s.a.r.a@example.com", "sara+1@example.com"])
def test_another_spelling_is_another_account_to_those_who_try(text):
    assert limits.account_key(text) == text


def test_sessions_that_ended_long_ago_are_forgotten(app, time_machine):
    people.omid()
    sign_in()
    time_machine.pass_(days=36)
    assert housekeeping.forget_old_sessions() == 0
    time_machine.pass_(days=2)
    assert housekeeping.forget_old_sessions() == 1


@pytest.mark.parametrize("change", [{"state": UserState.DISABLED}, {"password_hash": "another"}])
def test_what_changes_while_the_password_is_hashed_counts(app, monkeypatch, change):
    user_id, matches = people.omid().id, passwords.matches

    def slowly(password, stored):
        db.session.execute(db.update(User).where(User.id == user_id).values(change))
        db.session.commit()
        return matches(password, stored)

    monkeypatch.setattr(passwords, "matches", slowly)
    with pytest.raises(SignInRefused):
        sign_in()
    assert db.session.scalars(db.select(UserSession)).all() == []
