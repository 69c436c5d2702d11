import re

import pytest
from sqlalchemy import event

from app.accounts import authentication, recovery, registration, waiting
from app.accounts.authentication import Credentials, SignInRefused, StillWaiting
from app.accounts.models import UserSession, UserState
from app.accounts.passwords import passwords
from app.core import addresses
from app.core.audit import AuditEntry
from app.extensions import db
from tests import people
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR

DOORS = [
    ("omid@example.com", "wrong"),
    ("sara@example.com", "wrong"),
    ("disabled@example.com", PASSWORD),
    ("nobody@example.com", PASSWORD),
    ("invited@example.com", ""),
    ("not an address", PASSWORD),
]


def sign_in(email="sara@example.com", password=PASSWORD):
    return authentication.sign_in(Credentials(email, password), VISITOR)


def led_back(email="sara@example.com", password=PASSWORD):
    with pytest.raises(StillWaiting) as refusal:
        sign_in(email, password)
    return refusal.value.handle


def everybody_there():
    people.omid()
    people.omid("disabled@example.com").state = UserState.DISABLED
    people.register("sara@example.com")
    db.session.commit()


def test_r03_the_right_password_of_a_registration_that_waits_opens_no_session(app):
    people.register()
    led_back()
    assert db.session.scalars(db.select(UserSession)).all() == []


def test_r03_the_right_password_leads_back_to_the_page_that_waits(app):
    asked = people.register()
    handle = led_back("SARA@example.com")
    assert waiting.look(handle).address == "sara@example.com"
    registration.resend(handle, VISITOR)
    assert waiting.look(asked.handle) is None
    events = db.session.scalars(db.select(AuditEntry.event)).all()
    assert "registration.found_again" in events


def test_r03_the_newest_registration_counts(app):
    people.register(password=OTHER_PASSWORD)
    newest = people.register()
    handle = led_back()
    assert registration.find(handle).id == newest.pending_id
    with pytest.raises(SignInRefused) as refusal:
        sign_in(password=OTHER_PASSWORD)
    assert not isinstance(refusal.value, StillWaiting)


def test_r03_a_known_address_that_registers_again_is_led_back_like_every_other(app):
    people.omid()
    people.register("omid@example.com", password=OTHER_PASSWORD)
    handle = led_back("omid@example.com", OTHER_PASSWORD)
    assert waiting.look(handle).address == "omid@example.com"
    assert sign_in("omid@example.com", PASSWORD)


def test_r03_being_led_back_uses_up_no_tries(app, configure):
    people.register()
    configure(rate_limits=True)
    for _time in range(8):
        led_back()


@pytest.mark.parametrize(("email", "password"), DOORS)
def test_r03_r09_everybody_else_gets_the_one_refusal_for_the_same_work(
    app, work_of, email, password
):
    everybody_there()

    def refused(*given):
        with pytest.raises(SignInRefused) as refusal:
            sign_in(*given)
        assert type(refusal.value) is SignInRefused

    refused("another@example.com", PASSWORD)  # the first from a place begins an entry of the audit
    work = work_of(refused, email, password)
    assert work == work_of(refused, "somebody@example.com", PASSWORD)
    assert work.count("hash") == 2


@pytest.mark.parametrize("email", ["omid@example.com", "sara@example.com"])
def test_r09_registering_costs_the_same_for_everybody(app, work_of, email):
    everybody_there()
    work = work_of(people.register, email)
    assert work == work_of(people.register, "new@example.com")
    assert work.count("hash") == 1


@pytest.mark.parametrize("email", ["omid@example.com", "sara@example.com"])
def test_r09_asking_again_costs_the_same_for_everybody(app, work_of, email):
    everybody_there()
    asked, other = people.register(email), people.register("new@example.com")
    work = work_of(registration.resend, asked.handle, VISITOR)
    assert work == work_of(registration.resend, other.handle, VISITOR)
    assert work.count("hash") == 0


@pytest.mark.parametrize("email", ["omid@example.com", "sara@example.com"])
def test_r09_asking_for_a_new_password_costs_the_same_for_everybody(app, work_of, email):
    everybody_there()
    work = work_of(recovery.ask, addresses.parse(email), "fa", VISITOR)
    other = work_of(recovery.ask, addresses.parse("new@example.com"), "fa", VISITOR)
    assert work == other
    assert work.count("hash") == 0


@pytest.fixture
def work_of(app, monkeypatch):
    """What a deed does that takes time: hashes, and the statements with their tables."""
    done = []

    def counted(function):
        def count(*given):
            done.append("hash")
            return function(*given)

        return count

    def note(_connection, _cursor, statement, *_rest):
        done.append(re.sub(r"\(.*|WHERE.*", "", " ".join(statement.split())))

    for name in ("matches", "hashed"):
        monkeypatch.setattr(passwords, name, counted(getattr(passwords, name)))
    event.listen(db.engine, "before_cursor_execute", note)

    def work(deed, *given):
        db.session.rollback()
        done.clear()
        deed(*given)
        return list(done)

    yield work
    event.remove(db.engine, "before_cursor_execute", note)
